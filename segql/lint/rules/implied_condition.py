"""A condition says nothing beside another one that stands with it: whoever meets that one meets this one, too.

Of two that are joined by `and` the weaker one changes nothing, of two that are joined by `or` the stronger one. Mostly
one of them is left over from before, or one of the signs is turned the wrong way. What a segment or a trait says is
left alone, since its name tells readers something. The example is somebody made up who meets one of them only.

Bad:
    segment grown_up
        where age >= 18
          and country = "DE"
          and age >= 21
Good:
    segment grown_up
        where country = "DE"
          and age >= 21
Fix:
    Safe: takes it away. Where only the catalog says so, which rows of the table may break, there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segql import plan
from segql.diagnostics import Applicability, Diagnostic, Edit, Label
from segql.lint.context import Context
from segql.lint.extremes import meets, shares
from segql.lint.fields import place
from segql.lint.proving import Prover
from segql.lint.reading import bare, is_inside, joined_to, keeps_comments, put
from segql.lint.rule import Rule
from segql.logic.connectives import Connective, opposite
from segql.plan.rows import Rows
from segql.source import Span
from segql.syntax import ast
from segql.tree import Node

_OPERANDS_MOST = 40


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each condition that another one beside it makes certain, or that makes another one certain under `or`."""
    written = {place(each.node.span): each.node.operands for each in context.each(ast.And)}
    written |= {place(each.node.span): each.node.operands for each in context.each(ast.Or)}
    extremes = [each.condition.span for each in context.extremes]
    for node, rows in context.prover.connectives():
        joined = written.get(place(node.span))
        if joined is None or not shares(node, context.prover):
            continue
        # Beside what nobody meets, all that is joined with it would say nothing.
        if any(each == node.span or is_inside(each, node.span) for each in extremes):
            continue
        yield from _implied(node, joined, rows, context.prover)


def _implied(node: Connective, written: Sequence[Node], rows: Rows, prover: Prover) -> Iterator[Diagnostic]:
    left = [each for each in node.operands if _is_written(each, node)]
    # Each would be held against each.
    if len(left) > _OPERANDS_MOST:
        return
    about = {id(each): set(meets(each)) for each in left}
    for each in list(left):
        others = [other for other in left if other is not each and not about[id(each)].isdisjoint(about[id(other)])]
        asked = _asked(node, each, others)
        # What stands twice is told by another rule.
        if not others or each in others or not prover.impossible(asked, rows):
            continue
        left.remove(each)
        core = [asked[at] for at in prover.core(asked, rows) if at > 0]
        is_and = isinstance(node, plan.And)
        beside = [other for other in others if (other if is_and else opposite(other)) in core]
        if not beside:
            continue
        somebody = prover.somebody([each] if is_and else beside, beside if is_and else [each], rows)
        which = "this one" if is_and else "the other one"
        is_certain = prover.impossible(asked, rows, by_catalog=False)
        edits = _taken_away(each.span, written) if is_certain else None
        yield RULE.finding(
            each.span,
            "this condition says nothing beside another one",
            f"whoever meets {'the other one' if is_and else 'it'} meets {'it' if is_and else 'the other one'} anyway",
            fix=("take it away", edits) if edits else None,
            labels=[Label(other.span, "beside this one") for other in beside],
            example=f"{somebody} meets {which} only" if somebody else "",
        )


def _asked(node: Connective, each: plan.Expr, others: Sequence[plan.Expr]) -> list[plan.Expr]:
    """Return what nobody meets if a condition says nothing beside the others."""
    if isinstance(node, plan.And):
        return [opposite(each), *others]
    return [each, *map(opposite, others)]


def _is_written(operand: plan.Expr, node: Connective) -> bool:
    """Say whether an operand is said here, and not by a trait or a segment."""
    return is_inside(operand.span, node.span) and not isinstance(operand, plan.InSegment)


def _taken_away(span: Span, written: Sequence[Node]) -> list[Edit] | None:
    """Return the edits that take an operand away with its `and` or `or`; None where that is not sure or loses words."""
    at = next((at for at, each in enumerate(written) if bare(each).span == span), None)
    if at is None:
        return None
    if at > 0:
        gone = joined_to(written[at - 1], written[at])
    else:
        gone = span.source.span(written[0].span.start, written[1].span.start)
    return put(gone, "") if keeps_comments(gone) else None


RULE = Rule("L108", "implied-condition", find, Applicability.SAFE, needs_catalog=True)
