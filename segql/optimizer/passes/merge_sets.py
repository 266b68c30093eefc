"""Make one set of several values that one value may have, or may not.

before:  country = "DE" or country = "FR"
after:   country in ("DE", "FR")

before:  country in ("DE", "FR", "IT") and country in ("FR", "IT", "ES") and country != "IT"
after:   country = "FR"

before:  country != "DE" and country not in ("FR", "IT")
after:   country not in ("DE", "FR", "IT")

before:  country in ("DE", "DE")
after:   country = "DE"
"""

from __future__ import annotations

from segql import plan
from segql.logic.connectives import Connective
from segql.logic.regions import Region
from segql.logic.tested import Tests, merged
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, rewritten
from segql.tree import replace


def merge_sets(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request with one set where a value was held against several, each option once."""
    del facts
    return rewritten(request, _RULES)


def _merged(node: Connective) -> plan.Expr:
    return merged(node, _is_set)


def _is_set(region: Region, tests: Tests) -> bool:
    return not tests.is_ordered and not region.is_all_or_none


def _once(node: plan.OneOf) -> plan.Expr:
    # Of two literals of one value and another type either will do.
    options = {each.value: each for each in reversed(node.options)}
    if len(options) == 1:
        return plan.Compare(plan.Op.EQ, node.value, node.options[0], span=node.span)
    if len(options) == len(node.options):
        return node
    return replace(node, options=tuple(reversed(options.values())))


_RULES = Rules({plan.And: _merged, plan.Or: _merged, plan.OneOf: _once})
