"""A spelling from elsewhere, and how it becomes a mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from segql.diagnostics import Diagnostic, Edit, Fix
from segql.source import Span
from segql.syntax import errors
from segql.syntax.mending.mend import Mend, Spot

Written: TypeAlias = str | Callable[[re.Match[str]], str]
Said: TypeAlias = Callable[[Span, str, str], Diagnostic]


@dataclass(frozen=True, slots=True)
class Habit:
    r"""A spelling from elsewhere: what it looks like, what is written here, and why.

    `pattern` begins or ends at the word that does not fit, or holds it; its group `at`, if there is one, is the part to
    change. `ours` is a template such as `\1` takes part in, or a function. `said` makes another message than the
    usual one.

    Example:
        Habit(r"is\s+not\s+null", "is known", "there is no null")
    """

    pattern: str
    ours: Written
    why: str = ""
    said: Said = errors.foreign_spelling


def mends_of(habits: Iterable[Habit], spot: Spot) -> Iterator[Mend]:
    """Yield what each habit would change at a place."""
    for each in habits:
        for found in spot.around(each.pattern):
            part = "at" if "at" in found.re.groupindex else 0
            start, end = found.span(part)
            ours = each.ours(found) if callable(each.ours) else found.expand(each.ours)
            if ours == found[part]:
                continue
            end = end if ours else with_space(spot.text.text, start, end)
            problem = each.said(spot.span(*found.span(part)), ours.strip(" "), each.why)
            if problem.fix and len(problem.fix.edits) == 1:
                problem = replace(problem, fix=Fix(problem.fix.title, (Edit(spot.span(start, end), ours),)))
            yield changed(spot, start, end, ours, problem)


def changed(spot: Spot, start: int, end: int, ours: str, diagnostic: Diagnostic, *, beyond: int = 0) -> Mend:
    """Return the mend that puts `ours` in the place from `start` to `end`; reading must get past it and `beyond`."""
    text = spot.text
    edit = Edit(spot.span(start, end), ours)
    past = max(beyond, spot.at, end - 1 if end > start else spot.at)
    return Mend(diagnostic, (edit,), text.source_of(past))


def with_space(text: str, start: int, end: int) -> int:
    """Return `end`, moved over the spaces that would be left over when a word is taken out."""
    if start == 0 or text[start - 1].isspace():
        while text[end : end + 1] in {" ", "\t"}:
            end += 1
    return end
