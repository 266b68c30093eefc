"""Flatten nested `and` and `or`.

before:  age < 30 and (country = "DE" and plan = "pro")
after:   age < 30 and country = "DE" and plan = "pro"
"""

from __future__ import annotations

from typing import Any

from segql import plan
from segql.logic.connectives import joined
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, rewritten


def flatten_connectives(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request with one list of operands where connectives of one kind stood inside each other."""
    del facts
    return rewritten(request, _RULES)


def _flat(node: Any) -> Any:
    kind = type(node)
    return joined(kind, node.operands, node.span) if any(type(each) is kind for each in node.operands) else node


_RULES = Rules({plan.And: _flat, plan.Or: _flat})
