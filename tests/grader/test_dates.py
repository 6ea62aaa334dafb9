"""Dates as people and platforms write them: read where there is one way to, asked for otherwise."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from gdm_grader.errors import InputError
from gdm_grader.intake.roster.dates import moment, read_time
from gdm_grader.records.late import Rule

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(("text", "utc"), [
    ("2026-12-01", "2026-12-01 22:59:59"), ("13.12.2026", "2026-12-13 22:59:59"), ("12/12/2026", "2026-12-12 22:59:59"),
    ("Dec 1, 2026", "2026-12-01 22:59:59"), ("1 December 2026 5pm", "2026-12-01 16:00:00"),
    ("2026-12-01 23:59 +01:00", "2026-12-01 22:59:00"), ("2026-12-01T23:59:00Z", "2026-12-01 23:59:00"),
    ("2026-07-01 23:59 America/New_York", "2026-07-02 03:59:00"), ("2026-12-01 CET", "2026-12-01 22:59:59"),
    ("2026-12-01 +00:00", "2026-12-01 23:59:59"), ("2026-12-01T23:59", "2026-12-01 22:59:00"),
    ("1 Dec 2026 11:59PM", "2026-12-01 22:59:00"), ("2026-12-01 23:59 +0100 (CET)", "2026-12-01 22:59:00"),
])
def test_what_can_be_read_in_one_way_is_read(text, utc):
    assert f"{moment(text, BERLIN):%Y-%m-%d %H:%M:%S}" == utc


@pytest.mark.parametrize(("text", "says"), [
    ("01.12.2026", "two ways. Write '2026-01-12' or '2026-12-01'"), ("1/12/2026 10:00", "two ways"),
    ("soon", "Expected a date such as"), ("", "Expected a date such as"), ("2026-13-45", "Expected a date such as"),
    ("December 2026", "day, month and a year"), ("1.12.26", "four digits"), ("2026-12-01 23:59 PST", "Expected a zone"),
    ("2026-12-01 Nowhere/City", "Expected a zone"), ("2026-10-25 02:30", "happens twice"),
    ("2026-03-29 02:30", "does not exist"), ("2026-12-01 23:59UTC", "zone at the end"),
    ("23:59 UTC 2026-12-01", "zone at the end"),
])
def test_what_cannot_is_asked_for(text, says):
    with pytest.raises(InputError, match=says):
        moment(text, BERLIN)


@pytest.mark.parametrize("text", [
    "Friday, 20 November 2026, 11:58 PM", "Freitag, 20. November 2026, 23:58", "vendredi 20 novembre 2026, 23:58",
    "viernes, 20 de noviembre de 2026, 23:58", "piątek, 20 listopada 2026, 23:58", "petak, 20. studenoga 2026., 23:58",
    "Пятница, 20 ноября 2026, 23:58", "2026-11-20 23:58", "2026-11-20T22:58:00Z",
    "Παρασκευή, 20 Νοεμβρίου 2026, 11:58 μμ", "Παρασκευή, 20 Νοεμβρίου 2026, 11:58 μ.μ.",
    "الجمعة، 20 نوفمبر 2026، 11:58 م", "الجمعة، ٢٠ نوفمبر ٢٠٢٦، ١١:٥٨ م", "20 Kasım 2026, Cuma, 11:58 ÖS",
    "20 Kasım 2026 Cuma ÖS 11:58", "2026. november 20., péntek, du. 11:58", "2026年11月20日(金) 23:58",
    "2026年11月20日(五) 11:58 PM",
    "2026년 11월 20일 금요일, 오후 11:58", "viernes, 20 de noviembre de 2026, 11:58 p. m.",
])
def test_a_platforms_time_is_read_in_its_language(text):
    assert f"{read_time(text, BERLIN):%Y-%m-%d %H:%M}" == "2026-11-20 22:58"


@pytest.mark.parametrize("text", [
    "Fri, 20 Nov 2026 22:58:00 GMT", "Fri, 20 Nov 2026 22:58:00 +0000", "Nov 20, 2026 10:58 PM UTC",
    "Fri Nov 20 2026 17:58:00 GMT-0500 (Eastern Standard Time)", "20 Nov 2026 23:58 Europe/Berlin",
    "November 20, 2026 at 5:58 PM EST",
])
def test_a_zone_behind_a_time_in_words_counts(text):
    assert f"{read_time(text, ZoneInfo('Asia/Tokyo')):%Y-%m-%d %H:%M}" == "2026-11-20 22:58"


def test_the_first_half_of_the_day_is_known_too():
    for text in ("Παρασκευή, 20 Νοεμβρίου 2026, 11:58 π.μ.", "الجمعة، 20 نوفمبر 2026، 11:58 ص", "20 Nov 2026 11:58 am"):
        assert f"{read_time(text, BERLIN):%H:%M}" == "10:58"


@pytest.mark.parametrize("text", [
    "-", "", "Submitted", "20 November 2026", "Freitag, 32. November 2026, 23:58", "2026年11月20日 星期五 晚上11:58",
    "20 November 2026, 11:58 μμ", "Nov 20, 2026 2:58 PM PST", "20 November 2026, 13:58 AM", "20 Nov 2026 11:58 gece",
])
def test_what_is_no_time_is_none(text):
    assert read_time(text, BERLIN) is None


@pytest.mark.parametrize(("rule", "minutes", "points"), [
    (Rule(10), 1, 2.0), (Rule(10), 24 * 60, 2.0), (Rule(10), 24 * 60 + 1, 4.0), (Rule(10, grace_minutes=15), 15, 0.0),
    (Rule(10, grace_minutes=15), 16, 2.0), (Rule(10, free_days=2), 3 * 24 * 60, 2.0), (Rule(50), 5 * 24 * 60, 20.0),
    (Rule(50, floor=40), 5 * 24 * 60, 12.0), (Rule(), 5 * 24 * 60, 0.0),
])
def test_a_rule_takes_off_what_it_says_of_twenty_points(rule, minutes, points):
    assert rule.penalty(20, rule.days(timedelta(minutes=minutes))) == points
