"""Can anybody meet a condition, and who would that be? Decided by looking at each way that its tests can come out.

Every value that a condition compares with literals is cut into the stretches that its tests tell apart; what is not
looked into is true or false as it likes. So nobody is said to meet a condition only where that is certain. Another way
of deciding needs only another `example`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import Any, TypeAlias

from segql import plan
from segql.logic.bounds import is_apart, is_inside
from segql.logic.connectives import needs
from segql.logic.counts import is_part
from segql.logic.domains import Cell, FieldDomains, cells, days, domain_of, ends
from segql.logic.regions import Region, of_comparison, of_points
from segql.logic.tested import TURNED, Tests, subject
from segql.plan import Op, TextTest

# More steps than that are not worth the wait of whoever asks.
_STEPS_MOST = 2_000
# Nor are more tests, and more options or ends of ranges.
_TESTS_MOST = 100
_ENDS_MOST = 2_000


class UndecidedError(Exception):
    """Nothing is known: the condition has more ways to come out than are looked at."""


@dataclass(frozen=True, slots=True)
class Example:
    """Somebody who meets a condition: each value that matters, None where it is missing.

    `is_sure`: nothing is assumed of conditions that were not looked into, and a value was found for every stretch.
    """

    values: Mapping[plan.Expr, Any]
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What may be taken as given: `fields` says what a field can be, `open_in` names what in a value can be another."""

    fields: FieldDomains
    open_in: Callable[[plan.Expr], tuple[str, ...]]


def example(condition: plan.Expr, known: Known) -> Example | None:
    """Return somebody who meets a condition, or None where certainly nobody does.

    Raises:
        UndecidedError: there are too many ways to look at.

    Example:
        >>> from segql.logic.domains import Domain
        >>> from segql.plan import Compare, Field, Literal, Op
        >>> from segql.types import INTEGER
        >>> age = Field(0, (), "age", INTEGER)
        >>> def compared(op, number):
        ...     return Compare(op, age, Literal(number, INTEGER))
        >>> known = Known(lambda field: Domain(), lambda value: ())
        >>> example(plan.And((compared(Op.GT, 30), compared(Op.LT, 32))), known).values[age]
        31
        >>> example(plan.And((compared(Op.GT, 30), compared(Op.LT, 31))), known) is None
        True
    """
    return _Search(condition, known).found()


def outline(condition: plan.Expr, known: Known) -> object:
    """Return the values that a condition asks about, each with the ends of the ranges that it is tested against.

    Conditions that mean the same, and say nothing in vain, have the same outline.
    """
    asked = _Search(condition, known).asked
    return frozenset(
        (name, frozenset(ends(value.type, domain_of(value, known.fields), regions))) for name, value, regions in asked
    )


# What tells one question from another: the value, the names of the literals in it that can be others, and whether it is
# an instant that is held against days.
_Name: TypeAlias = tuple[plan.Expr, tuple[str, ...], bool]


class _Asked:
    """A value that is asked about, the regions it is tested against, and then its cells."""

    def __init__(self, value: plan.Expr, *, by_day: bool) -> None:
        self.value, self.by_day = value, by_day
        self.regions: dict[Region, None] = {}
        self.cells: list[Cell] = []

    def settle(self, known: Known, *, is_read: bool) -> None:
        """Make the cells; `is_read`: other conditions look at the value, too, so that each cell stays its own."""
        domain, regions = domain_of(self.value, known.fields), list(self.regions)
        every = days(domain, regions) if self.by_day else cells(self.value.type, domain, regions)
        # Of stretches that all tests see alike one is enough, unless their numbers are held against others.
        alike: dict[object, Cell] = {}
        if len(domain.options or ()) + sum(len(each.cuts) for each in regions) > _ENDS_MOST:
            raise UndecidedError
        for at, cell in enumerate(every):
            key = (cell.is_missing, *(cell.is_in(each) for each in self.regions))
            is_number = cell.least is not None or cell.most is not None
            kept = alike.setdefault(at if is_number or is_read else key, cell)
            if kept is not cell and kept.sample is None and not kept.is_missing:
                alike[key] = cell
        self.cells = list(alike.values())


# A condition in parts: a truth; a value with the places of its cells that pass; a connective; how many hold at least.
_Formula: TypeAlias = Any


class _Search:
    def __init__(self, condition: plan.Expr, known: Known) -> None:
        self._known = known
        self._asked: dict[_Name, _Asked] = {}
        self._steps = self._tests = 0
        formula = self._read(condition)
        read = {value.value for value, _, _ in self._asked if isinstance(value, plan.TextMatch)}
        for each in self._asked.values():
            each.settle(known, is_read=each.value in read)
        self._names = list(self._asked)
        self._places = {name: at for at, name in enumerate(self._names)}
        self._formula = self._with_cells(formula)
        self._links = self._linked()

    @property
    def asked(self) -> Iterator[tuple[_Name, plan.Expr, Collection[Region]]]:
        """The values that are asked about, by name, with the regions that they are tested against."""
        return ((name, each.value, each.regions) for name, each in self._asked.items())

    def found(self) -> Example | None:
        """Return the first way in which it holds."""
        chosen: dict[int, Cell] = {}
        if not self._search(chosen):
            return None
        every = list(self._asked.values())
        samples = self._in_proportion({at: cell.sample for at, cell in chosen.items()}, chosen)
        values = {every[at].value: sample for at, sample in samples.items()}
        is_sure = len(values) == len(chosen) and all(
            not isinstance(every[at].value, plan.Condition) and (cell.is_missing or cell.sample is not None)
            for at, cell in chosen.items()
        )
        return Example(values, is_sure and not any(opened for _, opened, _ in self._names))

    def _in_proportion(self, samples: dict[int, Any], chosen: Mapping[int, Cell]) -> dict[int, Any]:
        """Return samples in which no part has more rows than the whole."""
        for one, other in self._parts:
            if one in samples and other in samples and samples[one] > samples[other]:
                most = chosen[other].most
                samples[other] = samples[one] if most is None else min(samples[one], most)
        return samples

    def _search(self, chosen: dict[int, Cell]) -> bool:
        self._steps += 1
        if self._steps > _STEPS_MOST:
            raise UndecidedError
        open_: list[int] = []
        truth = _truth(self._formula, chosen, open_)
        if truth is False:
            return False
        at = open_[0] if truth is None else self._linked_to(chosen)
        if at is None:
            return True
        for cell in self._asked[self._names[at]].cells:
            chosen[at] = cell
            if self._is_allowed(at, chosen) and self._search(chosen):
                return True
            del chosen[at]
        return False

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read(self, condition: plan.Expr) -> _Formula:
        match condition:
            case plan.Literal(value) if not self._known.open_in(condition):
                return bool(value)
            case plan.And(operands) | plan.Or(operands):
                return type(condition), [self._read(each) for each in operands]
            case plan.Not(operand):
                return plan.Not, [self._read(operand)]
            case plan.Compare(op, plan.CountTrue(conditions), plan.Literal(int() as number) as literal) if (
                not self._known.open_in(literal)
            ):
                return self._counted(op, conditions, number)
            case plan.Compare(plan.Op.EQ, left, plan.Literal(bool() as right) as literal) if not self._known.open_in(
                literal
            ):
                if isinstance(left, plan.Condition):
                    return self._read(left) if right else (plan.Not, [self._read(left)])
                return self._test(left, of_points([right]))
        day = _day(condition)
        if day is not None and not self._known.open_in(day[2]):
            # A day stands for its midnight, and only the zone knows where that is: days are held against days alone.
            moment, op, literal = day
            return self._test(moment, of_comparison(op, literal.value), by_day=True)
        tested = subject(condition)
        if tested is not None and not any(map(self._known.open_in, _literals(condition))):
            region = Tests(tested).region(condition)
            if region is not None:
                return self._test(tested, region)
        return self._test(condition, of_points([True]))

    def _counted(self, op: Op, conditions: Sequence[plan.Expr], number: int) -> _Formula:
        """Return the formula for how many of some conditions hold, by whether it is at least so many."""
        every = [self._read(each) for each in conditions]

        def at_least(least: int) -> _Formula:
            return plan.CountTrue, [least, *every]

        match op:
            case Op.GE:
                return at_least(number)
            case Op.GT:
                return at_least(number + 1)
            case Op.LT:
                return plan.Not, [at_least(number)]
            case Op.LE:
                return plan.Not, [at_least(number + 1)]
            case Op.EQ:
                return plan.And, [at_least(number), (plan.Not, [at_least(number + 1)])]

    def _test(self, value: plan.Expr, region: Region, *, by_day: bool = False) -> _Formula:
        self._tests += 1
        if self._tests > _TESTS_MOST:
            raise UndecidedError
        name = (value, self._known.open_in(value), by_day)
        self._asked.setdefault(name, _Asked(value, by_day=by_day)).regions[region] = None
        return name, region

    def _with_cells(self, formula: _Formula) -> _Formula:
        if isinstance(formula, bool):
            return formula
        kind, inner = formula
        if kind is plan.CountTrue:
            return kind, [inner[0], *map(self._with_cells, inner[1:])]
        if isinstance(kind, type):
            return kind, [self._with_cells(each) for each in inner]
        passing = [id(each) for each in self._asked[kind].cells if each.is_in(inner)]
        return self._places[kind], frozenset(passing)

    # ── what one value says about another ────────────────────────────────────────────────────────────────────────────

    def _linked(self) -> Mapping[int, list[tuple[int, Callable[[Cell, Cell], bool]]]]:
        """Return, by value, the values that are bound to it, each with what must hold of their cells."""
        links: dict[int, list[tuple[int, Callable[[Cell, Cell], bool]]]] = {}
        for at, (value, opened, _) in enumerate(self._names):
            if isinstance(value, plan.Condition):
                for each in needs(value):
                    for other in self._places_of(each):
                        _bind(links, at, other, _is_known_if)
            if isinstance(value, plan.TextMatch) and isinstance(value.other, plan.Literal) and not opened:
                for other in self._places_of(value.value):
                    _bind(links, at, other, partial(_is_as_tested, value))
        sure = [at for at, (_, opened, _) in enumerate(self._names) if not opened]
        self._parts = [(one, other) for one, other in permutations(sure, 2) if self._is_part(one, other)]
        for one, other in self._parts:
            _bind(links, one, other, _is_no_more)
        for one, other in permutations(sure, 2):
            first, second = self._names[one][0], self._names[other][0]
            if isinstance(first, plan.InWindow) and isinstance(second, plan.InWindow) and first.value == second.value:
                if is_inside(first.window, second.window):
                    _bind(links, one, other, _is_true_if)
                elif is_apart(first.window, second.window):
                    _bind(links, one, other, _are_not_both)
        return links

    def _places_of(self, value: plan.Expr) -> Iterator[int]:
        """Yield where a value is asked about, with the same parameters in it."""
        opened = self._known.open_in(value)
        names = ((value, opened, by_day) for by_day in (False, True))
        yield from (self._places[each] for each in names if each in self._places)

    def _is_part(self, one: int, other: int) -> bool:
        fewer, more = self._names[one][0], self._names[other][0]
        return isinstance(fewer, plan.Aggregate) and isinstance(more, plan.Aggregate) and is_part(fewer, more)

    def _linked_to(self, chosen: Mapping[int, Cell]) -> int | None:
        """Return a value that is bound to a chosen one and not chosen itself."""
        return next(
            (other for at in chosen for other, _ in self._links.get(at, ()) if other not in chosen),
            None,
        )

    def _is_allowed(self, at: int, chosen: Mapping[int, Cell]) -> bool:
        return all(holds(chosen[at], chosen[other]) for other, holds in self._links.get(at, ()) if other in chosen)


def _bind(
    links: dict[int, list[tuple[int, Callable[[Cell, Cell], bool]]]],
    one: int,
    other: int,
    holds: Callable[[Cell, Cell], bool],
) -> None:
    links.setdefault(one, []).append((other, holds))
    links.setdefault(other, []).append((one, lambda mine, theirs: holds(theirs, mine)))


def _is_known_if(condition: Cell, value: Cell) -> bool:
    """Say whether a value is known, if a condition that needs it holds."""
    return not condition.sample or not value.is_missing


def _is_true_if(inner: Cell, outer: Cell) -> bool:
    return not inner.sample or bool(outer.sample)


def _are_not_both(one: Cell, other: Cell) -> bool:
    return not (one.sample and other.sample)


def _is_as_tested(test: plan.TextMatch, condition: Cell, value: Cell) -> bool:
    """Say whether a test of a text comes out as it does for the one text of a cell; True of cells of many."""
    if value.start is None or value.end is None or value.start[0] != value.end[0]:
        return True
    assert isinstance(test.other, plan.Literal)
    text, part = str(value.start[0]), str(test.other.value)
    match test.test:
        case TextTest.STARTS:
            return bool(condition.sample) is text.startswith(part)
        case TextTest.ENDS:
            return bool(condition.sample) is text.endswith(part)
        case TextTest.CONTAINS:
            return bool(condition.sample) is (part in text)
    return True


def _is_no_more(fewer: Cell, more: Cell) -> bool:
    return fewer.least is None or more.most is None or fewer.least <= more.most


def _truth(formula: _Formula, chosen: Mapping[int, Cell], open_: list[int]) -> bool | None:
    """Return whether a condition holds, None where that is open; `open_` gets a value that it depends on."""
    if isinstance(formula, bool):
        return formula
    kind, inner = formula
    if isinstance(kind, int):
        if kind in chosen:
            return id(chosen[kind]) in inner
        open_.append(kind)
        return None
    if kind is plan.Not:
        truth = _truth(inner[0], chosen, open_)
        return None if truth is None else not truth
    if kind is plan.CountTrue:
        every = [_truth(each, chosen, open_) for each in inner[1:]]
        if every.count(True) >= inner[0]:
            return True
        return None if len(every) - every.count(False) >= inner[0] else False
    settling = kind is plan.Or
    found: bool | None = not settling
    for each in inner:
        truth = _truth(each, chosen, open_)
        if truth is settling:
            return settling
        if truth is None:
            found = None
    return found


def _day(condition: plan.Expr) -> tuple[plan.Expr, Op, plan.Literal] | None:
    """Return an instant, how it is compared, and the day whose midnight it is compared with; None for all else."""
    match condition:
        case plan.Compare(op, left, plan.Instant(plan.Literal() as day)):
            return left, op, day
        case plan.Compare(op, plan.Instant(plan.Literal() as day), right):
            return right, TURNED[op], day
    return None


def _literals(condition: plan.Expr) -> Sequence[plan.Literal]:
    match condition:
        case plan.OneOf(_, options):
            return options
        case plan.Compare(_, left, right):
            return [each for each in (left, right) if isinstance(each, plan.Literal)]
    return ()


def core(conditions: Sequence[plan.Expr], known: Known) -> list[int]:
    """Return the places of conditions that nobody can meet together, as few as needed, of those that nobody can meet.

    Raises:
        UndecidedError: there are too many ways to look at.
    """
    left = list(range(len(conditions)))
    for at in range(len(conditions)):
        fewer = [each for each in left if each != at]
        if fewer and example(both([conditions[each] for each in fewer]), known) is None:
            left = fewer
    return left


def both(conditions: Sequence[plan.Expr]) -> plan.Expr:
    """Return the condition that all of these hold."""
    return conditions[0] if len(conditions) == 1 else plan.And(tuple(conditions))
