"""Fills the DOI of a release into what is cited: `make citation DOI=10.5281/zenodo.1234567` writes _build/CITATION.cff.

CITATION.cff holds a placeholder. The archive reserves a DOI before there is a release; the workflow `release` is told
it as the variable DOI. Without one the line is left out: a DOI that leads nowhere is worse than none.
"""

import re
import sys
from pathlib import Path

PLACEHOLDER = "10.5281/zenodo.0000000"
DOI = re.compile(r"10\.\d{4,9}/\S+")
TARGET = Path("_build/CITATION.cff")


def filled(citation: str, doi: str) -> str:
    """The text of CITATION.cff with the DOI in the place of the placeholder, or without its line if there is none."""
    line = f"doi: {PLACEHOLDER}\n"
    if line not in citation:
        raise ValueError(f"CITATION.cff must hold the line 'doi: {PLACEHOLDER}', which a release fills")
    if not doi:
        return citation.replace(line, "")
    if not DOI.fullmatch(doi) or doi == PLACEHOLDER:
        raise ValueError(f"DOI must look like 10.5281/zenodo.1234567 and not be the placeholder, got {doi!r}")
    return citation.replace(line, f"doi: {doi}\n")


def main() -> None:
    doi = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        text = filled(Path("CITATION.cff").read_text(encoding="utf-8"), doi)
    except ValueError as error:
        sys.exit(str(error))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    print(f"written to {TARGET}, {f'with the DOI {doi}' if doi else 'without a DOI: none was given'}")


if __name__ == "__main__":
    main()
