"""Builds windows, and what members did."""

from __future__ import annotations

from typing import Any

from segql.source import Span
from segql.syntax import ast, errors
from segql.syntax.build.base import Base, Bit, Parts


class Behaviour(Base):
    """Rules of windows and events."""

    # ── windows ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def in_last(self, parts: Parts) -> ast.Last:
        return ast.Last(self.read.duration(parts[2]), span=self.around(parts))

    def in_last_unit(self, parts: Parts) -> ast.Calendar:
        unit = parts[2].lower()
        span = self.around(parts)
        ours = f"`in previous {unit}` for the whole {unit} before this one, or `in last 30 days` with a number"
        self.diagnostics.append(errors.loose_window(span, ours))
        return ast.Calendar(unit, -1, 1, span=span)

    def in_next(self, parts: Parts) -> ast.Next:
        return ast.Next(self.read.duration(parts[2]), span=self.around(parts))

    def in_next_unit(self, parts: Parts) -> ast.Calendar:
        return ast.Calendar(parts[2].lower(), 1, 1, span=self.around(parts))

    def in_this(self, parts: Parts) -> ast.Calendar:
        return ast.Calendar(parts[2].lower(), 0, 1, span=self.around(parts))

    def in_previous(self, parts: Parts) -> ast.Calendar:
        return ast.Calendar(parts[2].lower(), -1, 1, span=self.around(parts))

    def in_previous_units(self, parts: Parts) -> ast.Calendar:
        length = self.read.duration(parts[2])
        return ast.Calendar(length.unit, -length.count, length.count, span=self.around(parts))

    def more_than_ago(self, parts: Parts) -> ast.MoreThan:
        return ast.MoreThan(self.read.duration(parts[1]), False, span=self.around(parts))

    def more_than_from_now(self, parts: Parts) -> ast.MoreThan:
        return ast.MoreThan(self.read.duration(parts[1]), True, span=self.around(parts))

    def less_than_ago(self, parts: Parts) -> ast.Last:
        span = self.around(parts)
        ours = f"`in last {' '.join(parts[1].split())}`"
        self.diagnostics.append(errors.loose_window(span, ours))
        return ast.Last(self.read.duration(parts[1]), span=span)

    def exactly_ago(self, parts: Parts) -> ast.Exactly:
        return ast.Exactly(self.read.duration(parts[1]), False, span=self.around(parts))

    def exactly_from_now(self, parts: Parts) -> ast.Exactly:
        return ast.Exactly(self.read.duration(parts[1]), True, span=self.around(parts))

    def since(self, parts: Parts) -> ast.Since:
        return ast.Since(parts[1], span=self.around(parts))

    def before(self, parts: Parts) -> ast.Before:
        return ast.Before(parts[1], span=self.around(parts))

    def after(self, parts: Parts) -> ast.Since | ast.Apart:
        span = self.around(parts)
        if isinstance(parts[1], ast.Duration):
            return ast.Apart(parts[1], None, span=span)
        self.diagnostics.append(errors.loose_window(span, f"`since {parts[1].span.text}`, which takes that day in"))
        return ast.Since(parts[1], span=span)

    def from_to(self, parts: Parts) -> ast.FromTo:
        return ast.FromTo(parts[1], parts[3], span=self.around(parts))

    def side(self, parts: Parts) -> Bit:
        return Bit(parts[0].lower(), self.span_of(parts[0]))

    def within(self, parts: Parts) -> ast.Within | ast.Apart:
        _within, token, side, anchor = parts
        if isinstance(anchor, ast.Duration) and side.value == "after":
            return ast.Apart(anchor, self.read.duration(token), span=self.around(parts))
        return ast.Within(self.read.duration(token), side.value, anchor, span=self.around(parts))

    def between_ago(self, parts: Parts) -> ast.BetweenAgo:
        _between, far, _and, near, _ago = parts
        read = self.read.number if far.type == "NUMBER" else self.read.duration
        return self._ago(read(far), self.read.duration(near), self.around(parts))

    def day(self, parts: Parts) -> ast.Day:
        offset = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}[parts[0].type]
        return ast.Day(offset, span=self.around(parts))

    def on_day(self, parts: Parts) -> ast.Day:
        day: ast.Day = parts[0]
        return day

    def step_within(self, parts: Parts) -> ast.Within:
        return ast.Within(self.read.duration(parts[1]), "step", None, span=self.around(parts))

    def step_after_within(self, parts: Parts) -> ast.Apart | ast.Within:
        _after, least, _within, token = parts
        most, span = self.read.duration(token), self.around(parts)
        if isinstance(least, ast.Duration):
            return ast.Apart(least, most, span=span)
        # After something else than a length of time it is the other order of `within … after …`.
        ours = f"`within {' '.join(token.split())} after {least.span.text}`"
        self.diagnostics.append(errors.loose_window(span, ours))
        return ast.Within(most, "after", least, span=span)

    def every_period(self, parts: Parts) -> ast.Rhythm:
        length = self.read.duration(parts[1])
        unit = parts[0].split()[1].lower()
        span = self.around(parts)
        if length.unit != unit:
            ours = f"`every {unit} for {length.count} {unit}s`"
            self.diagnostics.append(errors.loose_window(span, ours))
        return ast.Rhythm(None, length.count, ast.Duration(1, unit, span=length.span), span=span)

    def some_periods(self, parts: Parts) -> ast.Rhythm:
        length = self.read.duration(parts[4])
        one = ast.Duration(1, length.unit, span=length.span)
        return ast.Rhythm(self.read.count(parts[2]), length.count, one, span=self.around(parts))

    def some_long_periods(self, parts: Parts) -> ast.Rhythm:
        count = self.read.count(parts[4])
        return ast.Rhythm(self.read.count(parts[2]), count, self.read.duration(parts[6]), span=self.around(parts))

    def in_any_span(self, parts: Parts) -> ast.Sliding:
        return ast.Sliding(self.read.duration(parts[2]), span=self.around(parts))

    def in_between_ago(self, parts: Parts) -> ast.InWindow:
        operand, _between, low, _and, high, _ago = parts
        window = self._ago(low, high, self.around(parts[1:]))
        return ast.InWindow(operand, window, span=self.around(parts))

    def _ago(self, low: Any, high: Any, span: Span) -> ast.BetweenAgo:
        """Make the window of `between 90 and 30 days ago`: a bare number takes the unit of the second."""
        if not isinstance(high, ast.Duration):
            self.diagnostics.append(errors.missing_unit(high.span))
            high = ast.Duration(1, "day", span=high.span)
        if isinstance(low, ast.Number) and isinstance(low.value, int):
            low = ast.Duration(low.value, high.unit, span=low.span)
        if not isinstance(low, ast.Duration):
            self.diagnostics.append(errors.missing_unit(low.span))
            low = ast.Duration(2, "day", span=low.span)
        return ast.BetweenAgo(low, high, span=span)

    # ── behaviour ────────────────────────────────────────────────────────────────────────────────────────────────────

    def times(self, parts: Parts) -> ast.HowMany:
        word, number, _times = parts
        return self._times(word, self.read.count(number), self.around(parts))

    def times_word(self, parts: Parts) -> ast.HowMany:
        word, number = parts
        return self._times(word, 1 if number.type == "ONCE" else 2, self.around(parts))

    def times_between(self, parts: Parts) -> ast.HowMany:
        return ast.HowMany(self.read.count(parts[1]), self.read.count(parts[3]), span=self.around(parts))

    def times_bare(self, parts: Parts) -> ast.HowMany:
        count, span = self.read.count(parts[0]), self.around(parts)
        self.diagnostics.append(errors.loose_times(span, count))
        return ast.HowMany(count, None, span=span)

    def occurrence(self, parts: Parts) -> ast.Occurrence:
        event, how_many, window, where, _as, alias = parts
        inner = where.value if where else None
        return ast.Occurrence(event, how_many, window, inner, alias, False, span=self.around(parts))

    def first_step(self, parts: Parts) -> ast.Occurrence:
        inner: ast.Occurrence = parts[1]
        return ast.Occurrence(
            inner.event,
            inner.how_many,
            inner.window,
            inner.where,
            inner.alias,
            True,
            span=self.around(parts),
        )

    def did(self, parts: Parts) -> ast.Did:
        _did, negated, occurrence = parts
        return ast.Did(occurrence, negated is not None, span=self.around(parts))

    def never_did(self, parts: Parts) -> ast.Did:
        return ast.Did(parts[1], True, span=self.around(parts))

    def step(self, parts: Parts) -> ast.Step:
        return ast.Step("then", parts[0], (), span=self.around(parts))

    def step_not(self, parts: Parts) -> ast.Step:
        return ast.Step("not", parts[1], (), span=self.around(parts))

    def step_without(self, parts: Parts) -> ast.Step:
        _no, excluded, _then, occurrence = parts
        names = excluded.value if isinstance(excluded, Bit) else (excluded,)
        return ast.Step("without", occurrence, names, span=self.around(parts))

    def step_immediately(self, parts: Parts) -> ast.Step:
        return ast.Step("immediately", parts[1], (), span=self.around(parts))

    def among(self, parts: Parts) -> Bit:
        names = parts[1].value if isinstance(parts[1], Bit) else ()
        return Bit(names, self.around(parts))

    def names(self, parts: Parts) -> Bit:
        return Bit(tuple(each for each in parts if isinstance(each, ast.Name)), self.around(parts))

    def sequence(self, parts: Parts) -> ast.Sequence:
        *front, _within, within, among = parts
        given = [each if isinstance(each, ast.Step) else self.step([each]) for each in front[3::2]]
        length = None if within is None else self.read.duration(within)
        named = among.value if among else None
        return ast.Sequence(front[1], tuple(given), length, named, span=self.around(parts))

    def any_order(self, parts: Parts) -> ast.AnyOrder:
        return ast.AnyOrder(parts[2].value, self.read.duration(parts[5]), span=self.around(parts))

    def first_ever(self, parts: Parts) -> ast.FirstEver:
        _first, event, window, where = parts
        return ast.FirstEver(event, window, where.value if where else None, span=self.around(parts))

    def stopped(self, parts: Parts) -> ast.Stopped:
        _stopped, event, _for, quiet, where, _after, active, _before, last = parts
        before = None if active is None else self.read.duration(active)
        if where and last:
            self.diagnostics.append(errors.repeated_word(last.span, last.span))
        inner = (where or last).value if where or last else None
        return ast.Stopped(event, self.read.duration(quiet), inner, before, span=self.around(parts))

    def resumed(self, parts: Parts) -> ast.Resumed:
        _resumed, event, window, _after, gap, where = parts
        inner = where.value if where else None
        return ast.Resumed(event, window, self.read.duration(gap), inner, span=self.around(parts))

    def _times(self, word: Any, count: int, span: Span) -> ast.HowMany:
        low = None if word.type == "AT_MOST" else count
        high = None if word.type == "AT_LEAST" else count
        return ast.HowMany(low, high, span=span)
