"""Dates as people and platforms write them. What can be read in two ways is asked for, not guessed."""

import re
import warnings
from datetime import UTC, datetime, time, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from dateutil import parser

from gdm_grader.errors import InputError

ISO = re.compile(r"\d{4}-\d\d?-\d\d?([T ]\d.*)?")
OFFSET = re.compile(r"\s*(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?$")
FORMS = "Such as '2026-12-01', '2026-12-01 23:59 Europe/Berlin' or '1 December 2026 23:59 +01:00'."
# Languages whose names of months and weekdays are known: those in which Moodle is most used.
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "hr", "sl",
             "ca", "eu", "gl", "el", "tr", "ru", "uk", "bg", "lt", "lv", "et", "id", "ar", "he")
# Chinese, Japanese and Korean write year, month and day with these signs, and the half of the day before the hour.
EAST = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
AFTERNOON = re.compile(r"下午|午後|오후")
MORNING = re.compile(r"上午|午前|오전")
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
    with warnings.catch_warnings():
        warnings.simplefilter("error", parser.UnknownTimezoneWarning)
        try:
            when = parser.parse(text)
        except (parser.UnknownTimezoneWarning, OverflowError) as error:
            raise ValueError(str(error)) from None
    return (when if when.tzinfo else when.astimezone()).astimezone(UTC)


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
        return text[:offset.start()], datetime.fromisoformat(
            f"2000-01-01T00:00:00{sign}{int(hours):02}:{minutes or '00'}").tzinfo
    named = "/" in last and not last[0].isdigit()
    if named or (last.isupper() and last not in ("AM", "PM")):
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
    return when.replace(tzinfo=None)


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


@cache
def _names() -> dict[str, tuple[dict[str, int], dict[str, int]]]:
    """By language: the number of each month's name, and of each weekday's (Monday is 0)."""
    from babel.dates import get_day_names, get_month_names

    found = {}
    for language in LANGUAGES:
        months: dict[str, int] = {}
        days: dict[str, int] = {}
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, word in get_month_names(width, context, language).items():
                    months.setdefault(word.casefold().rstrip("."), number)
                for number, word in get_day_names(width, context, language).items():
                    days.setdefault(word.casefold().rstrip("."), number)
        found[language] = (months, days)
    return found


def read_time(text: str, zone: tzinfo | None = None) -> datetime | None:
    """Read a time as Moodle writes it in any of LANGUAGES, such as 'Freitag, 20. November 2026, 23:58'; None for what
    is no time. The weekday decides between languages that use one word for two months."""
    east = EAST.search(text)
    if east:
        half = "PM" if AFTERNOON.search(text) else "AM" if MORNING.search(text) else ""
        hours = re.search(r"(\d{1,2}):(\d\d)", text[east.end():])
        return _exact_in_east(east, hours, half, zone) if hours else None
    clock = re.search(r"\b(\d{1,2})[:.](\d\d)(?::(\d\d))?\s*([AaPp]\.?\s?[Mm]\b)?", text)
    if clock is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        hour = _of_half(hour, clock[4])
    numbers = [int(one) for one in re.findall(r"\d+", text[:clock.start()] + " " + text[clock.end():])]
    years = [one for one in numbers if one > 1900]
    if len(years) != 1 or hour > 23 or minute > 59:
        return _exact(text, zone)
    words = [word.casefold().rstrip(".") for word in re.findall(r"[^\W\d]+\.?", text)]
    days = [one for one in numbers if 1 <= one <= 31]
    found = set()
    for months, weekdays in _names().values():
        month = next((months[word] for word in words if word in months), 0)
        weekday = next((weekdays[word] for word in words if word in weekdays), None)
        if month and len(days) == 1:
            when = _date(years[0], month, days[0], hour, minute, second)
            if when and (weekday is None or when.weekday() == weekday):
                found.add((weekday is not None, when))
    best = {when for sure, when in found if sure} or {when for _, when in found}
    if len(best) != 1:
        return _exact(text, zone)
    return _in_zone(best.pop(), zone)


def _exact_in_east(date: re.Match[str], hours: re.Match[str], half: str, zone: tzinfo | None) -> datetime | None:
    hour = _of_half(int(hours[1]), half) if half else int(hours[1])
    when = _date(int(date[1]), int(date[2]), int(date[3]), hour, int(hours[2]))
    return _in_zone(when, zone) if when else None


def _of_half(hour: int, half: str) -> int:
    return hour % 12 + (12 if half.lower().startswith("p") else 0)


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
