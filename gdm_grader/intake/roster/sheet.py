"""A table as a platform wrote it, CSV in any encoding: single cells can be changed, and the rest stays as it is."""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from gdm_grader.errors import InputError

SEPARATORS = (",", ";", "\t")
# Empty lines, and Excel's own line.
SEPARATOR_LINE = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*(?:\"?sep=(?P<separator>.)\"?[ \t]*(?:\r\n|\r|\n))?")
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass
class Row:
    """A line's cells as they are read (`values`) and as they stand in the file (`raw`), and what ends it."""

    values: list[str]
    raw: list[str]
    end: str

    def value(self, column: int | None) -> str:
        return self.values[column] if column is not None and column < len(self.values) else ""


@dataclass
class Sheet:
    """The rows of a file, the header first; `mark` and `encoding` are how its bytes are made, `before` is what stands
    above the header: empty lines, and the one by which Excel is told the separator."""

    rows: list[Row]
    separator: str
    encoding: str
    mark: bytes
    before: str = ""

    @property
    def header(self) -> list[str]:
        return self.rows[0].values

    def write_cell(self, row: Row, column: int, text: str) -> None:
        """Change one cell; it is quoted where it was, or where it must be."""
        while len(row.raw) <= column:  # a line that ends before the column
            row.raw.append("")
            row.values.append("")
        quoted = row.raw[column].startswith('"') or any(sign in text for sign in (self.separator, '"', "\n", "\r"))
        row.values[column] = text
        row.raw[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def to_bytes(self) -> bytes:
        """Return the bytes of the file: all as it was read, but for the cells that were changed."""
        text = self.before + "".join(self.separator.join(row.raw) + row.end for row in self.rows)
        return self.mark + text.encode(self.encoding)


def read(path: Path) -> Sheet:
    """Read a table; InputError where there is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"Expected a table (CSV) in {path}: {error.strerror}.") from None
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InputError(f"Expected a table (CSV) in {path}, but it is a workbook or a zip. Export it as CSV.")
    text, encoding, mark = _decoded(data, path)
    told = SEPARATOR_LINE.match(text)
    before, text = (told[0], text[told.end():]) if told else ("", text)
    separator = told["separator"] if told and told["separator"] else _separator(text)
    rows = split_cells(text, separator)
    if not rows or "\0" in text:
        raise InputError(f"Expected a table (CSV) with a line of headers in {path}, found none.")
    for number, row in enumerate(rows, 1):
        if any(map(_is_open, row.raw)):
            raise InputError(f"Expected a table (CSV) in {path}, but in its row {number} a quotation mark is not "
                             "closed, or text stands behind one that is. Mend it, or export the file again.")
    return Sheet(rows, separator, encoding, mark, before)


def _is_open(cell: str) -> bool:
    """Return whether a cell that begins with a quotation mark does not end with the one that closes it."""
    return cell.startswith('"') and (len(cell) < 2 or _behind_quotes(cell, 0) != len(cell) or not cell.endswith('"'))


def _decoded(data: bytes, path: Path) -> tuple[str, str, bytes]:
    """The text, its encoding, its mark. What is neither marked nor UTF-8 is what Windows writes in Western Europe."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark):].decode(encoding), encoding, mark
            except UnicodeDecodeError as error:
                raise InputError(f"Expected {path} in {encoding.upper()}, as its first bytes say: {error}.") from None
    if b"\0" in data[:2] and len(data) % 2 == 0:
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        return data.decode(encoding, "replace"), encoding, b""
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            return data.decode(encoding), encoding, b""
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes everything")


def _separator(text: str) -> str:
    """The one that cuts the header into most cells."""
    first = text.partition("\n")[0] if text.count('"', 0, text.find("\n")) % 2 == 0 else text
    counts = {one: len(next(csv.reader(io.StringIO(first, newline=""), delimiter=one), [])) for one in SEPARATORS}
    return max(SEPARATORS, key=lambda one: counts[one])


def split_cells(text: str, separator: str) -> list[Row]:
    """Cut the text into lines and cells; a quoted cell may hold separators, ends of lines and doubled quotes."""
    rows: list[Row] = []
    raw: list[str] = []
    start = place = 0
    while place < len(text):
        if text[place] == '"' and place == start:
            place = _behind_quotes(text, place)
        elif text[place] == separator:
            raw.append(text[start:place])
            place += 1
            start = place
        elif text[place] in "\r\n":
            end = "\r\n" if text.startswith("\r\n", place) else text[place]
            rows.append(_row([*raw, text[start:place]], end))
            raw = []
            place += len(end)
            start = place
        else:
            place += 1
    if raw or start < len(text):
        rows.append(_row([*raw, text[start:]], ""))
    return rows


def _behind_quotes(text: str, place: int) -> int:
    """Return the place where the text goes on after a quoted cell that begins at `place`."""
    place = text.find('"', place + 1)
    while place != -1 and text[place + 1:place + 2] == '"':
        place = text.find('"', place + 2)
    return len(text) if place == -1 else place + 1


def _row(raw: list[str], end: str) -> Row:
    return Row([_value(cell) for cell in raw], raw, end)


def _value(cell: str) -> str:
    if cell.startswith('"'):
        return cell[1:].removesuffix('"').replace('""', '"')
    return cell
