"""Nobody can meet a condition, or all of those that are joined by `and`: one rules the other out.

The segment stays empty on all data, and nobody notices. It is decided from the ranges and sets of values that the
conditions let through, from what the catalog says of fields, and from counts of some rows beside counts of all of them.
Segments and traits that are used are looked into. The example is somebody made up who meets all but one.

Bad:
    segment students_with_a_pension
        where age < 30
          and country = "DE"
          and age > 65
Good:
    segment students_and_pensioners
        where country = "DE"
          and (age < 30 or age > 65)
Fix:
    None: which of the conditions was meant has to be decided.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql import plan
from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.extremes import Extreme
from segql.lint.reading import is_inside
from segql.lint.reasons import reason
from segql.lint.rule import Rule


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each innermost condition that nobody can meet."""
    for each in context.extremes:
        if not each.met:
            yield _told(each, context)


def _told(found: Extreme, context: Context) -> Diagnostic:
    node, prover = found.condition, context.prover
    if not isinstance(node, plan.And):
        why = reason(node, found.rows, prover)
        return RULE.finding(node.span, "nobody can meet this condition", f"{why}; write what was meant")
    core = [node.operands[at] for at in prover.core(node.operands, found.rows)]
    *others, last = core
    somebody = prover.somebody(others, [last], found.rows)
    return RULE.finding(
        last.span if is_inside(last.span, node.span) else node.span,
        "nobody can meet both of these" if len(core) == 2 else f"nobody can meet all {len(core)} of these",
        "one of them was meant to be another; where either will do, join them with `or`",
        labels=[Label(each.span, "this one rules it out" if len(core) == 2 else "and this one") for each in others],
        example=f"{somebody} meets {'the other one' if len(core) == 2 else 'the other ones'} only" if somebody else "",
    )


RULE = Rule("L103", "contradiction", find, needs_catalog=True)
