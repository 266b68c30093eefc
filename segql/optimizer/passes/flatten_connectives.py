"""Flatten nested `and` and `or`.

before:  age < 30 and (country = "DE" and plan = "pro")
after:   age < 30 and country = "DE" and plan = "pro"
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from segql import plan
from segql.tree import rewrite


def flatten_connectives(request: plan.Request) -> plan.Request:
    """Return the request with one list of operands where connectives of one kind stood inside each other."""
    return rewrite(request, _flat)


def _flat(node: Any) -> Any:
    match node:
        case plan.And(operands) if any(isinstance(each, plan.And) for each in operands):
            return plan.And(tuple(_spread(operands, plan.And)), span=node.span)
        case plan.Or(operands) if any(isinstance(each, plan.Or) for each in operands):
            return plan.Or(tuple(_spread(operands, plan.Or)), span=node.span)
        case _:
            return node


def _spread(operands: tuple[plan.Expr, ...], kind: type[plan.And | plan.Or]) -> Iterator[plan.Expr]:
    for each in operands:
        if isinstance(each, kind):
            yield from each.operands
        else:
            yield each
