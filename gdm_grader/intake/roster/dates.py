"""Dates as people and platforms write them. What can be read in two ways is asked for, not guessed."""

import re
import warnings
from datetime import UTC, datetime, time, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from dateutil import parser

from gdm_grader.errors import InputError
from gdm_grader.intake.roster.languages import Words, all_halves, languages, words_in

ISO = re.compile(r"\d{4}-\d\d?-\d\d?([T ]\d.*)?")
OFFSET = re.compile(r"\s*(?:UTC|GMT)?([+-])(\d\d?)(?::?([0-5]\d))?(?:\s*\([^()]*\))?$")  # and its name in brackets
FORMS = "Such as '2026-12-01', '2026-12-01 23:59 Europe/Berlin' or '1 December 2026 23:59 +01:00'."
# Chinese, Japanese and Korean write year, month and day with these signs, and the half of the day before the hour.
EAST = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
AFTERNOON = re.compile(r"下午|午後|오후|\bPM\b")
MORNING = re.compile(r"上午|午前|오전|\bAM\b")
WEEKDAY_IN_EAST = re.compile(r"(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일|"
                             r"\([一二三四五六日月火水木金土월화수목금토일]\)")
CLOCK = re.compile(r"\b(\d{1,2})[:.](\d\d)(?::(\d\d))?")
MAX_OFFSET_HOURS = 14
END_OF_DAY = time(23, 59, 59)


def moment(text: str, zone: tzinfo | None = None) -> datetime:
    """Read a date with its time, in UTC; a date alone is the end of that day. Without a zone it is `zone`, by default
    this machine's."""
    rest, named = _zone(text.strip())
    when, has_time = _parsed(rest, text)
    if not has_time:
        when = datetime.combine(when.date(), END_OF_DAY)
    if named:
        zone = named
    return _placed(when, zone, text)


def exact(text: str) -> datetime:
    """Read what a program wrote, such as nbgrader's timestamp.txt, in UTC; ValueError where it is not a time."""
    when, name = stated(text)
    if name:
        raise ValueError(f"{name} may be several zones")
    return (when if when.tzinfo else when.astimezone()).astimezone(UTC)


def stated(text: str) -> tuple[datetime, str | None]:
    """Read what a program wrote, with its zone where it names one that is certain; ValueError where it is not a time.

    An abbreviation that several zones may share, such as CST, is returned beside a time without zone.
    """
    try:
        rest, zone = _zone(text.strip())
        name = None
    except InputError:
        rest, _, name = text.strip().rpartition(" ")
        zone = None
    with warnings.catch_warnings():
        warnings.simplefilter("error", parser.UnknownTimezoneWarning)
        try:
            when = parser.parse(rest)
        except (parser.UnknownTimezoneWarning, OverflowError) as error:
            raise ValueError(str(error)) from None
    return when.replace(tzinfo=zone) if zone else when, name


def _zone(text: str) -> tuple[str, tzinfo | None]:
    """Cut a zone from the end: an offset, Z, or a name that the zone database knows."""
    first, _, last = text.rpartition(" ")
    if text[-1:] == "Z" and text[-2:-1].isdigit():
        return text[:-1], UTC
    if last in ("UTC", "GMT", "Z"):
        return first, UTC
    offset = OFFSET.search(text)
    if offset and (":" in text[:offset.start()] or text[offset.start():offset.start() + 1] == " "):
        sign, hours, minutes = offset.groups()
        if int(hours) > MAX_OFFSET_HOURS:
            raise InputError(f"Expected a zone such as Europe/Berlin, UTC or +01:00, got {offset[0].strip()!r}.")
        return text[:offset.start()], datetime.fromisoformat(
            f"2000-01-01T00:00:00{sign}{int(hours):02}:{minutes or '00'}").tzinfo
    named = "/" in last and not last[0].isdigit()
    if named or (last.isupper() and last.isalpha() and last.casefold() not in all_halves()):
        if last not in available_timezones():
            raise InputError(f"Expected a zone such as Europe/Berlin, UTC or +01:00, got {last!r}.")
        return first, ZoneInfo(last)
    return text, None


def _parsed(text: str, given: str) -> tuple[datetime, bool]:
    """The date, and whether it says a time."""
    if ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text), len(text) > 10
        except ValueError:
            pass
    found, complete, timed = set(), True, True
    for day_first in (True, False):
        one = _read(text, given, datetime(2001, 1, 1, 0, 0), day_first)
        other = _read(text, given, datetime(2004, 2, 2, 1, 0), day_first)
        complete = complete and one.date() == other.date()
        timed = timed and one.time() == other.time()
        found.add(one)
    if ISO.fullmatch(text):
        found = {_read(text, given, datetime(2001, 1, 1), False)}
    if not complete or not re.search(r"\d{4}", text):
        raise InputError(f"Expected a date with day, month and a year of four digits, got {given!r}. {FORMS}")
    if len(found) > 1:
        ways = " or ".join(f"'{one:%Y-%m-%d}'" for one in sorted(found))
        raise InputError(f"{given!r} can be read in two ways. Write {ways}.")
    return found.pop(), timed


def _read(text: str, given: str, default: datetime, day_first: bool) -> datetime:
    with warnings.catch_warnings():
        warnings.simplefilter("error", parser.UnknownTimezoneWarning)
        try:
            when = parser.parse(text, default=default, dayfirst=day_first)
        except parser.UnknownTimezoneWarning:
            raise InputError(f"Expected a zone such as Europe/Berlin, UTC or +01:00 in {given!r}. {FORMS}") from None
        except (ValueError, OverflowError):
            raise InputError(f"Expected a date such as '2026-12-01 23:59 +01:00', got {given!r}. {FORMS}") from None
    if when.tzinfo is not None:
        raise InputError(f"Expected the zone at the end, such as Europe/Berlin, UTC or +01:00, in {given!r}. {FORMS}")
    return when


def _placed(when: datetime, zone: tzinfo | None, given: str) -> datetime:
    """The time in its zone, as UTC. An hour that the clocks skip or repeat is asked for."""
    readings = [when.replace(tzinfo=zone, fold=fold) if zone else when.replace(fold=fold).astimezone()
                for fold in (0, 1)]
    first, second = (one.astimezone(UTC) for one in readings)
    if first == second:
        return first
    known = readings[0].tzinfo
    if first.astimezone(known).replace(tzinfo=None) != when and zone:
        raise InputError(f"{given!r} does not exist: the clocks are put forward over it. Write another time.")
    offsets = " or ".join(f"'{when:%Y-%m-%d %H:%M} {one:%z}'" for one in readings)
    raise InputError(f"{given!r} happens twice, the clocks are put back. Write {offsets}.")


def read_time(text: str, zone: tzinfo | None = None) -> datetime | None:
    """Read a time as Moodle writes it in any of LANGUAGES, such as 'Freitag, 20. November 2026, 23:58'; None for what
    is no time, and for what holds a word behind its clock that may change it. The weekday decides between languages
    that use one word for two months."""
    try:
        rest, named = _zone(text.strip())
    except InputError:
        return None
    zone = named or zone
    east = EAST.search(rest)
    if east:
        return _in_east(rest, east, zone)
    clock = CLOCK.search(rest)
    if clock is None:
        return None
    found = set()
    for words in languages():
        when = _in_language(words, rest[:clock.start()], rest[clock.end():], clock)
        if when:
            found.add(when)
    best = {when for sure, when in found if sure} or {when for _, when in found}
    if len(best) != 1:
        return _exact(text, zone)
    return _in_zone(best.pop(), zone)


def _in_language(words: Words, before: str, after: str, clock: re.Match[str]) -> tuple[bool, datetime] | None:
    """The date around a clock in one language, and whether a weekday says so, too; None where it is none."""
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    half, behind = words.half_at(before, after)
    all_words = words_in(f"{before} {behind}")
    month = next((words.months[word] for word in all_words if word in words.months), 0)
    weekday = next((words.weekdays[word] for word in all_words if word in words.weekdays), None)
    numbers = [int(one) for one in re.findall(r"\d+", f"{before} {after}") if len(one) <= len("2026")]
    years = [one for one in numbers if one > 1900]
    days = [one for one in numbers if 1 <= one <= 31]
    if not (month and len(years) == 1 and len(days) == 1 and words.knows(words_in(behind))):
        return None
    if half is not None:
        hour = _of_half(hour, half)
    when = _date(years[0], month, days[0], hour, minute, second)
    return (weekday is not None, when) if when and weekday in (None, when.weekday()) else None


def _in_east(text: str, date: re.Match[str], zone: tzinfo | None) -> datetime | None:
    clock = re.search(r"(\d{1,2}):(\d\d)", text[date.end():])
    if clock is None:
        return None
    around = text[:date.start()] + text[date.end():][:clock.start()] + text[date.end():][clock.end():]
    half = 12 if AFTERNOON.search(around) else 0 if MORNING.search(around) else None
    if words_in(WEEKDAY_IN_EAST.sub("", AFTERNOON.sub("", MORNING.sub("", around)))):
        return None  # such as a word for the evening
    hour = int(clock[1]) if half is None else _of_half(int(clock[1]), half)
    when = _date(int(date[1]), int(date[2]), int(date[3]), hour, int(clock[2]))
    return _in_zone(when, zone) if when else None


def _of_half(hour: int, half: int) -> int:
    """The hour of the day; 23 PM is 23, and 13 AM is none."""
    return hour % 12 + half if hour <= 12 or half else -1


def _date(*parts: int) -> datetime | None:
    try:
        return datetime(*parts)  # type: ignore[arg-type]
    except ValueError:
        return None


def _exact(text: str, zone: tzinfo | None) -> datetime | None:
    try:
        when = parser.isoparse(text.strip())
    except ValueError:
        try:
            when = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
        except ValueError:
            return None
        if text.strip().endswith(" UTC"):
            when = when.replace(tzinfo=UTC)
    return when.astimezone(UTC) if when.tzinfo else _in_zone(when, zone)


def _in_zone(when: datetime, zone: tzinfo | None) -> datetime:
    return (when.replace(tzinfo=zone) if zone else when.astimezone()).astimezone(UTC)
