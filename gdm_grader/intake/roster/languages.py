"""The words of which dates are made, in the languages in which Moodle is most used."""

import re
from dataclasses import dataclass, field
from functools import cache

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "hr", "sl",
             "ca", "eu", "gl", "el", "tr", "ru", "uk", "bg", "lt", "lv", "et", "id", "ar", "he")
ENGLISH_HALVES = {"am": 0, "pm": 12}
BEHIND_A_CLOCK = {"uhr", "h", "hs", "hrs", "uur"}  # words that change no time


@dataclass(frozen=True)
class Words:
    """One language's words in lower case: the number of each month and weekday (Monday is 0), and the hours before each
    half of the day, whose words are kept without what stands between their letters."""

    months: dict[str, int] = field(default_factory=dict)
    weekdays: dict[str, int] = field(default_factory=dict)
    halves: dict[str, int] = field(default_factory=lambda: dict(ENGLISH_HALVES))

    def half_at(self, before: str, after: str) -> tuple[int | None, str]:
        """Return the hours before the half of the day that is named directly behind or before a clock, None where none
        is, and what stands behind the clock besides."""
        for word, hours in self.halves.items():
            spread = r"[.\s]*".join(map(re.escape, word))
            behind = re.match(rf"\s*{spread}(?!\w)\.?", after, re.IGNORECASE)
            if behind:
                return hours, after[behind.end():]
            if re.search(rf"(?<!\w){spread}\.?\s*$", before, re.IGNORECASE):
                return hours, after
        return None, after

    def knows(self, words: list[str]) -> bool:
        """Return whether none of these words, which stand behind a clock, can change its time."""
        return all(word in self.months or word in self.weekdays or word in BEHIND_A_CLOCK for word in words)


def words_in(text: str) -> list[str]:
    """Return the words of a text as those of a language are kept."""
    return [word.casefold().rstrip(".") for word in re.findall(r"[^\W\d]+\.?", text)]


@cache
def languages() -> list[Words]:
    """Return the words of each of LANGUAGES."""
    from babel.dates import get_day_names, get_month_names, get_period_names

    found = []
    for language in LANGUAGES:
        words = Words()
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, word in get_month_names(width, context, language).items():
                    words.months.setdefault(word.casefold().rstrip("."), number)
                for number, word in get_day_names(width, context, language).items():
                    words.weekdays.setdefault(word.casefold().rstrip("."), number)
            halves = get_period_names(width, "format", language)
            for period, hours in ENGLISH_HALVES.items():
                if period in halves:
                    words.halves.setdefault(re.sub(r"[\W_]", "", halves[period]).casefold(), hours)
        found.append(words)
    return found


@cache
def all_halves() -> frozenset[str]:
    """Return the words for the halves of the day in all languages."""
    found: set[str] = set()
    for words in languages():
        found |= words.halves.keys()
    return frozenset(found)
