"""Other ways to say when something happened, and how often."""

from __future__ import annotations

import re

from segql.diagnostics import Diagnostic
from segql.source import Span
from segql.syntax import errors
from segql.syntax.mending.habit import Habit

_UNIT = r"(?:second|minute|hour|day|week|month|quarter|year)"
_AFTER = "(?![\\w])"
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_WINDOW = "windows are written `in last 30 days`, `in this month`, `since 2026-01-31`"
_TIMES = "how often is written `at least 3 times`, `at most 3 times`, `exactly 3 times`"
_DATES = "dates are written year, month, day: `2026-01-31`"
_NUMBER = "a length of time is a number and its unit"


def _in_digits(found: re.Match[str]) -> str:
    return f"{_NUMBERS.index(found[1].lower())} {found[2]}"


def _iso(found: re.Match[str]) -> str:
    return f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"


def _at_least(found: re.Match[str]) -> str:
    return f"at least {int(found['count']) + 1} times"


def _at_most(found: re.Match[str]) -> str:
    return f"at most {max(0, int(found['count']) - 1)} times"


def _two_ways(span: Span, _ours: str, why: str) -> Diagnostic:
    return errors.loose_window(span, why)


def _two_counts(span: Span, _ours: str, _why: str) -> Diagnostic:
    return errors.loose_times(span, int(re.sub(r"\D", "", span.text) or 0))


def _unit(span: Span, _ours: str, _why: str) -> Diagnostic:
    return errors.missing_unit(span)


def _count(span: Span, _ours: str, _why: str) -> Diagnostic:
    return errors.whole_number_needed(span)


def _other_order(span: Span, ours: str, why: str) -> Diagnostic:
    return errors.wrong_order(span, ours, why)


TIMES: tuple[Habit, ...] = (
    # ── windows ──────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(rf"(?:during|over|for|within|in)\s+(?:the\s+)?(?:last|past)\s+({_UNIT}){_AFTER}", r"in previous \1", _WINDOW),
    Habit(rf"(?:during|over|for|within|in)\s+the\s+(?:current|same|this)\s+({_UNIT}){_AFTER}", r"in this \1", _WINDOW),
    Habit(rf"(?:during|over|for|within)?\s*(?:in\s+)?(?:the\s+)?current\s+({_UNIT}){_AFTER}", r" in this \1", _WINDOW),
    Habit(rf"during\s+(this|next|previous)\s+({_UNIT}){_AFTER}", r"in \1 \2", _WINDOW),
    Habit(
        r"(?:during|over|for|within|in)\s+(?:the\s+)?(?:last|past|previous)\s+(?=\d|[a-z]+\s+[a-z])",
        "in last ",
        _WINDOW,
    ),
    Habit(r"(?:during|over|for|within|in)\s+the\s+(next|coming)\s+(?=\d)", "in next ", _WINDOW),
    Habit(r"(?<!in )(?P<at>(?:last|past))\s+(?=\d+\s*[a-z])", "in last", _WINDOW),
    Habit(r"(?<!in )(?P<at>next)\s+(?=\d+\s*[a-z])", "in next", _WINDOW),
    Habit(rf"({'|'.join(_NUMBERS)})\s+({_UNIT}s?){_AFTER}", _in_digits, _NUMBER),
    Habit(rf"an?\s+({_UNIT}){_AFTER}", r"1 \1", _NUMBER),
    Habit(r"between\s+\d+\s+and\s+(?P<at>\d+)(?=\s+ago)", lambda found: f"{found['at']} days", said=_unit),
    Habit(
        rf"[<>]=?\s*(\d+\s*{_UNIT}s?)\s+ago{_AFTER}",
        " is known",
        "`in last 30 days` or `more than 30 days ago`",
        _two_ways,
    ),
    Habit(rf"(?:older|longer|earlier)\s+than\s+(\d+\s*{_UNIT}s?)(?:\s+ago)?{_AFTER}", r"more than \1 ago", _WINDOW),
    Habit(rf"(?:newer|younger|shorter|later)\s+than\s+(\d+\s*{_UNIT}s?)(?:\s+ago)?{_AFTER}", r"in last \1", _WINDOW),
    Habit(rf"(?:over|above)\s+(\d+\s*{_UNIT}s?)\s+ago{_AFTER}", r"more than \1 ago", _WINDOW),
    Habit(rf"(?:under|below)\s+(\d+\s*{_UNIT}s?)\s+ago{_AFTER}", r"in last \1", _WINDOW),
    Habit(
        rf"(?<=\w\s)(?P<at>\d+\s*{_UNIT}s?\s+ago){_AFTER}",
        "is known",
        "`exactly 90 days ago` for that day, `more than 90 days ago`, or `in last 90 days`",
        _two_ways,
    ),
    Habit(r"(?:prior\s+to|earlier\s+than|until|till)" + _AFTER, "before", _WINDOW),
    Habit(r"(?:starting|beginning|on\s+or\s+after|later\s+than)(?:\s+(?:from|on))?" + _AFTER, "since", _WINDOW),
    # ── dates ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?![\w.])", _iso, _DATES),
    Habit(r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})(?![\w.])", _iso, _DATES),
    Habit(
        r"(\d{4}-\d\d-\d\d)\s+(\d\d:\d\d)(:\d\d(?:\.\d{1,6})?)?(?:\s*(Z|UTC))?(?![\w:])",
        lambda found: f"{found[1]}T{found[2]}{found[3] or ''}{'Z' if found[4] else ''}",
        "an instant is one word, with a `T` between its day and its time",
    ),
    # ── how often ────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"(?:more\s+than|over|>)\s*(?P<count>\d{1,9})\s*(?:times|x)" + _AFTER, _at_least, _TIMES),
    Habit(r"(?:less\s+than|fewer\s+than|under|<)\s*(?P<count>\d{1,9})\s*(?:times|x)" + _AFTER, _at_most, _TIMES),
    Habit(r">=\s*(\d{1,9})\s*(?:times|x)" + _AFTER, r"at least \1 times", _TIMES),
    Habit(r"<=\s*(\d{1,9})\s*(?:times|x)" + _AFTER, r"at most \1 times", _TIMES),
    Habit(r"=\s*(\d{1,9})\s*(?:times|x)" + _AFTER, r"exactly \1 times", _TIMES),
    Habit(r"(at\s+least|at\s+most|exactly)\s+(\d{1,9})\s*x" + _AFTER, r"\1 \2 times", _TIMES),
    Habit(r"(?:at\s+least|at\s+most|exactly)\s+(?P<at>-\s*\d+)", "1", said=_count),
    Habit(r"(\d{1,9})\s*x" + _AFTER, r"at least \1 times", said=_two_counts),
    Habit(r"(\d{1,9})\s+or\s+more\s+times" + _AFTER, r"at least \1 times", _TIMES),
    Habit(r"(\d{1,9})\s+or\s+(?:less|fewer)\s+times" + _AFTER, r"at most \1 times", _TIMES),
    Habit(
        r"(at\s+least|at\s+most|exactly)\s+(\d{1,9})(?!\s*(?:times|%|\d))(?=\s+\w|\s*\)|\s*$)", r"\1 \2 times", _TIMES
    ),
    # ── the order of the parts ───────────────────────────────────────────────────────────────────────────────────────
    Habit(
        r"((?:in|since|before|from|between|more\s+than|within)\s[^()\n]*?)\s+"
        r"((?:(?:at\s+least|at\s+most|exactly)\s+(?:\d+\s+times|once|twice)))" + _AFTER,
        r"\2 \1",
        "how often comes before when",
        _other_order,
    ),
    Habit(
        r"(where\s*\((?:[^()]|\([^()]*\))*\))\s*"
        r"((?:in|since|before|from|more\s+than|within|between)\s[^()\n]*?)(?=\s+(?:and|or|then)\b|\s*$|\s*\n|\s*\))",
        r"\2 \1",
        "when comes before `where`",
        _other_order,
    ),
    Habit(
        r"(where\s*\((?:[^()]|\([^()]*\))*\))\s*((?:at\s+least|at\s+most|exactly)\s+(?:\d+\s+times|once|twice))"
        + _AFTER,
        r"\2 \1",
        "how often comes before `where`",
        _other_order,
    ),
)
