"""Fixes, applied: edits that do not overlap, again until nothing is left to fix, each time read anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from segql import plan
from segql.analysis import Analyzed
from segql.diagnostics import Applicability, Diagnostic, Edit, Severity
from segql.lint import errors
from segql.lint.engine import Finding
from segql.lint.params import params_in
from segql.lint.proving import Prover
from segql.lint.settled import settled
from segql.lint.states import State
from segql.logic.connectives import opposite
from segql.optimizer import optimize
from segql.source import Source
from segql.syntax import Parsed
from segql.tree import rewrite

# A fix may make room for another; whatever still moves after so many rounds would move for ever. A round in which one
# was refused does not count.
ROUNDS_MOST = 10


@dataclass(slots=True)
class Fixed:
    """The files after the fixes, how many were applied by the name of the rule, and which were refused."""

    state: State
    applied: dict[str, int] = field(default_factory=dict)
    refused: list[Diagnostic] = field(default_factory=list)


def fix(state: State, read: Callable[[Sequence[Source]], State], *, unsafe: bool = False) -> Fixed:
    """Apply safe fixes, and if `unsafe` the others that a machine may apply, until nothing changes.

    `read` reads changed files again, and finds anew. What is safe is applied only where the plans of all segments are
    the same after it; and nothing is applied that makes a new error. `state` holds findings that may be fixed only.
    """
    made = Fixed(state)
    shunned: set[tuple[str, str]] = set()
    kinds = (Applicability.SAFE, Applicability.UNSAFE) if unsafe else (Applicability.SAFE,)
    for kind in kinds:
        rounds = 0
        # Each round applies or refuses at least one.
        for _ in range(ROUNDS_MOST + len(made.state.findings)):
            left = [each for each in made.state.findings if _told(each) not in shunned]
            chosen = list(_apart(left, kind))
            if not chosen or rounds == ROUNDS_MOST:
                break
            rounds += _round(made, chosen, read, shunned, is_safe=kind is Applicability.SAFE)
    return made


def _round(
    made: Fixed,
    chosen: Sequence[Finding],
    read: Callable[[Sequence[Source]], State],
    shunned: set[tuple[str, str]],
    *,
    is_safe: bool,
) -> bool:
    """Apply what was chosen together, or, where that is refused, a part of it; say whether all was applied."""
    after = read(_edited(made.state.parsed, chosen))
    why = _objection(made.state.analyzed, after.analyzed, is_safe=is_safe)
    if not why:
        made.state = after
        for each in chosen:
            made.applied[each.rule.name] = made.applied.get(each.rule.name, 0) + 1
        return True
    if len(chosen) == 1:
        span = chosen[0].diagnostic.span
        assert span
        shunned.add(_told(chosen[0]))
        made.refused.append(errors.fix_refused(span, chosen[0].rule.name, why))
        return False
    # The first half moves what stands behind it, so the other half waits for the next round.
    _round(made, chosen[: len(chosen) // 2], read, shunned, is_safe=is_safe)
    return False


def _told(finding: Finding) -> tuple[str, str]:
    span = finding.diagnostic.span
    name = finding.declaration.name.text if finding.declaration else ""
    return finding.rule.code, f"{name}: {span.text if span else ''}"


def _apart(findings: Sequence[Finding], kind: Applicability) -> Iterator[Finding]:
    """Yield the findings with a fix of a kind, of those that overlap only the first."""
    taken: list[Edit] = []
    for each in findings:
        found = each.diagnostic.fix
        if found is None or found.applicability is not kind or not found.edits:
            continue
        if not any(_meet(one, other) for one in found.edits for other in taken):
            taken += found.edits
            yield each


def _meet(one: Edit, other: Edit) -> bool:
    a, b = one.span, other.span
    # What touches meets, too: two texts put in one place have no order.
    return a.source.name == b.source.name and a.start <= b.end and b.start <= a.end


def _edited(parsed: Sequence[Parsed], chosen: Sequence[Finding]) -> list[Source]:
    edits = [edit for each in chosen if each.diagnostic.fix for edit in each.diagnostic.fix.edits]
    made: list[Source] = []
    for one in parsed:
        text = one.source.text
        own = (each for each in edits if each.span.source.name == one.source.name)
        for edit in sorted(own, key=lambda each: each.span.start, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        made.append(one.source if text == one.source.text else Source.of(one.source.name, text))
    return made


def _objection(before: Analyzed, after: Analyzed, *, is_safe: bool) -> str:
    """Return why files may not become others, or an empty text."""
    wrong = [each for each in after.diagnostics if each.severity is Severity.ERROR]
    if wrong and before.is_sound:
        return f"there would be an error, {wrong[0].message}"
    if is_safe:
        name = next((each for each in before.definitions if not _is_same(each, before, after)), None)
        if name is not None:
            return f"`{name}` would not have the same members"
    return ""


def _is_same(name: str, before: Analyzed, after: Analyzed) -> bool:
    """Say whether a segment has the same plan, if not as written then optimized; or certainly the same members."""
    old, new = before.definitions[name], after.definitions.get(name)
    if new is None or old.entity != new.entity:
        return False
    params = [params_in(each.condition, analyzed.params) for each, analyzed in ((old, before), (new, after))]
    if old.condition == new.condition and params[0] == params[1]:
        return True
    # A plan holds the values that parameters have now: it is no proof where they can have others.
    if not any(params) and _plan(before, name) == _plan(after, name):
        return True
    return _has_nobody_else(rewrite(old.condition, settled), rewrite(new.condition, settled), old.entity, after)


def _has_nobody_else(old: plan.Expr, new: plan.Expr, entity: str, after: Analyzed) -> bool:
    """Say whether certainly nobody meets one of two conditions only, whatever stands in the tables."""
    # No clock is asked: nobody is made up.
    prover, rows = Prover(after, plan.Clock(dt.datetime.max.replace(tzinfo=dt.UTC))), (entity,)
    return all(
        prover.impossible([one, opposite(other)], rows, by_catalog=False) for one, other in ((old, new), (new, old))
    )


def _plan(analyzed: Analyzed, name: str) -> plan.Request:
    asked = rewrite(analyzed.request([name]), settled)
    made: plan.Request = rewrite(optimize(asked), settled)
    return made
