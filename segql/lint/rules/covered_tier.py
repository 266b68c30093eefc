"""Nobody can be in a tier, since the tiers before it take everybody who meets its condition.

Tiers are tried in order, and the first that holds wins. That one earlier tier takes all of a later one is an error;
here several do so together. The example is somebody made up who meets the condition and is in an earlier tier.

Bad:
    tiers stage
        young when age < 30
        settled when age >= 30
        about_30 when age between 28 and 32
        unknown otherwise
Good:
    tiers stage
        about_30 when age between 28 and 32
        young when age < 30
        settled when age >= 30
        unknown otherwise
Fix:
    None: the order has to be decided.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql import plan
from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.logic.connectives import opposite


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each tier that earlier ones leave empty."""
    extremes = {each.condition for each in context.extremes}
    for outcome in context.analyzed.outcomes.values():
        if outcome.kind == "tiers" and isinstance(outcome.expr, plan.Choice):
            for at, condition in enumerate(outcome.expr.conditions):
                # What nobody meets at all is told by another rule.
                if at and condition not in extremes:
                    yield from _covered(outcome.expr, at, (outcome.entity,), context)


def _covered(choice: plan.Choice, at: int, rows: tuple[str], context: Context) -> Iterator[Diagnostic]:
    condition, prover = choice.conditions[at], context.prover
    asked = [condition, *(opposite(each) for each in choice.conditions[:at])]
    if not prover.impossible(asked, rows):
        return
    takers = [number - 1 for number in prover.core(asked, rows) if number]
    somebody = prover.somebody([condition, choice.conditions[takers[0]]], choice.conditions[: takers[0]], rows)
    names = [value.span.text for value in choice.values]
    yield RULE.finding(
        condition.span,
        f"nobody can be in the tier `{names[at]}`",
        "the narrower condition comes first",
        labels=[Label(choice.conditions[each].span, f"`{names[each]}` takes some of them") for each in takers],
        example=f"{somebody} meets it, and is in `{names[takers[0]]}`" if somebody else "",
    )


RULE = Rule("L109", "covered-tier", find, needs_catalog=True)
