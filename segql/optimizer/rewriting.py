"""How a pass goes through a request: children first, past all that holds nothing for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from operator import is_
from typing import Any, TypeVar

from segql import plan
from segql.plan.expressions import Condition
from segql.tree import Node, replace

N = TypeVar("N", bound=Node)

# They hold no other node, or only some that no pass changes.
_LEAVES = frozenset(
    {
        plan.Literal,
        plan.ClockTime,
        plan.Field,
        plan.Moment,
        plan.MemberKey,
        plan.InSegment,
        plan.InList,
        plan.Unknown,
    }
)
# Of these fields only the truth counts: what is missing is as good as false there.
_CONDITIONS = frozenset({"condition", "conditions", "operand", "operands", "where", "when"})
# Nothing in them is a condition, or is asked in another place: the options of a set can be very many, and the segment
# among which a place is counted is known by its name.
_SKIPPED = frozenset({"options", "given", "among", "measure", "window", "type", "steps"})
# Fields that are declared as one of these hold no nodes.
_PLAIN = frozenset(
    [
        *("str", "int", "int | None", "bool", "Decimal", "tuple[str, ...]", "Constant", "Bound", "Bound | None"),
        *("Op", "Sign", "Function", "Part", "TextTest", "Side", "Tally", "End"),
    ]
)


def _parts(kind: type[Node]) -> tuple[tuple[str, bool], ...]:
    """Return the fields of a kind of node that may hold others, and whether only their truth counts."""
    names: tuple[str, ...] = kind.__match_args__
    # The steps of a sequence are nodes, those of a path into json are names.
    skipped = _SKIPPED - {"steps"} if kind is plan.Sequence else _SKIPPED
    declared = {name: told for each in kind.__mro__ for name, told in vars(each).get("__annotations__", {}).items()}
    return tuple((name, name in _CONDITIONS) for name in names if name not in skipped and declared[name] not in _PLAIN)


_ALL = [each for each in vars(plan).values() if isinstance(each, type) and issubclass(each, Node)]
_BITS = {each: 1 << at for at, each in enumerate(_ALL)}
_PARTS = {each: _parts(each) for each in _ALL}
_NUMBERS = count()


class Rules:
    """What a pass does with nodes, by their kind.

    What a rule gives depends on the node alone, so a tree in which rules found nothing to do is not gone through again;
    unless they are `is_kept=False`, made for one request.
    """

    def __init__(self, rules: Mapping[type[Node], Callable[[Any], Any]], *, is_kept: bool = True) -> None:
        self.rules: Mapping[Any, Callable[[Any], Any]] = rules
        self.wanted = 0
        for kind in rules:
            self.wanted |= _BITS[kind]
        self.bit = 1 << next(_NUMBERS) if is_kept else 0


def rewritten(request: plan.Request, rules: Rules) -> plan.Request:
    """Return the request with the rules applied to every node of their kinds, children first.

    The same object comes back where nothing changed. A rule may give a boolean field for a condition: where more than
    its truth counts, it is compared with true.
    """
    return of_each(request, partial(_rewritten, rules=rules))


def found(request: plan.Request, kind: type[N]) -> list[N]:
    """Return every node of a kind in the request, as often as it stands there, those inside others first."""
    seen: list[N] = []

    def noted(node: N) -> N:
        seen.append(node)
        return node

    rewritten(request, Rules({kind: noted}, is_kept=False))
    return seen


def of_each(request: plan.Request, change: Callable[[Any], Any]) -> plan.Request:
    """Return the request with `change` applied to its segments, filters and values."""
    changes: dict[str, Any] = {}
    for name in ("segments", "filters", "values"):
        before = getattr(request, name)
        if not before:
            continue
        after = [change(each) for each in before]
        if not all(map(is_, after, before)):
            changes[name] = tuple(after)
    return replace(request, **changes) if changes else request


def within(tree: N, rules: Rules) -> N:
    """Return a tree with the rules applied to every node of their kinds, children first."""
    return _rewritten(tree, rules)  # type: ignore[no-any-return]


def _rewritten(tree: Any, rules: Rules) -> Any:
    try:
        idle = tree.idle
    except AttributeError:
        _look_at(tree)
        idle = 0
    wanted = rules.wanted
    if idle & rules.bit or not tree.kinds & wanted:
        return tree
    changes: dict[str, Any] | None = None
    for name, is_condition in _PARTS[type(tree)]:
        before: Any = getattr(tree, name)
        after: Any = before
        # A leaf has no kinds, and most others have none that are wanted: they are not worth a call.
        if type(before) is tuple:
            made = [_part(each, rules, is_condition) if getattr(each, "kinds", 0) & wanted else each for each in before]
            if not all(map(is_, made, before)):
                after = tuple(made)
        elif getattr(before, "kinds", 0) & wanted:
            after = _part(before, rules, is_condition)
        if after is not before:
            changes = {**(changes or {}), name: after}
    result = replace(tree, **changes) if changes else tree
    rule = rules.rules.get(type(tree))
    if rule is not None:
        result = rule(result)
    if result is tree and rules.bit:
        object.__setattr__(tree, "idle", idle | rules.bit)
    return result


def _part(before: Node, rules: Rules, is_condition: bool) -> Any:
    after = _rewritten(before, rules)
    if after is before or is_condition or not isinstance(before, Condition) or is_two_valued(after):
        return after
    return plan.Compare(plan.Op.EQ, after, plan.TRUE, span=after.span)


def is_two_valued(expr: Node) -> bool:
    """Say whether an expression is true or false for every row, never missing."""
    return isinstance(expr, Condition | plan.Literal)


def _look_at(tree: Any) -> int:
    """Return the kinds of the nodes of a tree that a pass goes through; they are kept in the tree."""
    bits = _BITS[type(tree)]
    for name, _ in _PARTS[type(tree)]:
        value: Any = getattr(tree, name)
        for each in value if type(value) is tuple else (value,):
            if isinstance(each, Node) and type(each) not in _LEAVES:
                bits |= each.kinds if hasattr(each, "kinds") else _look_at(each)
    object.__setattr__(tree, "kinds", bits)
    object.__setattr__(tree, "idle", 0)
    return bits
