"""A digest of a plan that depends on what is asked and on where it is read, not on what anything is called."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from segql import plan
from segql.catalog import Catalog, Field, Table
from segql.plan import Op, Sign
from segql.plan.rows import Rows, parts
from segql.tree import Node

_TURNED = {Op.GT: Op.LT, Op.GE: Op.LE}
_ANY_ORDER = (plan.CountTrue, plan.AnyOrder)


def digest(*told: object) -> str:
    """Return one text for all of these, 32 letters long.

    Example:
        >>> digest("a", "b") == digest("ab")
        False
    """
    # Each part is told with its length, so that no two lists of parts make the same text.
    text = "".join(f"{len(str(each))}:{each}" for each in told)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Digests:
    """The digests of the parts of plans over one catalog.

    `segment` gives the digest of a segment that is asked of the member itself, and of the segment with its entity;
    `filter_of` that of the condition on the table of an entity.
    """

    def __init__(
        self,
        catalog: Catalog,
        own: Callable[[str], str],
        segment: Callable[[str], str],
        filter_of: Callable[[str], str],
    ) -> None:
        self.catalog, self.own, self.segment, self.filter_of = catalog, own, segment, filter_of
        self._known: dict[tuple[Node, Rows], str] = {}

    def of(self, node: Any, rows: Rows) -> str:
        """Return the digest of a part of a plan that reads these rows."""
        key = (node, rows)
        if key not in self._known:
            self._known[key] = self._of(node, rows)
        return self._known[key]

    def entity(self, name: str) -> str:
        """Return the digest of who the members of an entity are."""
        entity = self.catalog.entities[name]
        return digest("entity", _table(entity.table), entity.key, entity.key_type, self.filter_of(name))

    def _of(self, node: Any, rows: Rows) -> str:
        match node:
            case plan.Field(level, path, name):
                return self._field(rows[level], level, path, name)
            case plan.Literal(value, type_):
                is_exact = type_.is_number and not isinstance(value, float)
                return digest("number" if is_exact else f"literal {type_.kind}", _plain(value))
            case plan.InSegment() if node.is_own:
                return self.own(node.name)
            case plan.InSegment(name, level, path, as_of):
                way = self._way(rows[level], path)[0]
                return digest("in segment", self.segment(name), level, way, as_of)
            case plan.InList(name, level):
                found = self.catalog.lists[name]
                return digest("in list", found.path, found.key, level)
            case plan.And(operands) | plan.Or(operands):
                each = sorted({self.of(part, rows) for part in operands})
                return each[0] if len(each) == 1 else digest(type(node).__name__, *each)
            case plan.OneOf(value, options):
                chosen = _chosen(value, [each.value for each in options])
                if chosen is not None:
                    return self._choice(value, chosen, rows)
                return digest("one of", self.of(value, rows), *sorted(self.of(each, rows) for each in options))
            case plan.Compare(op, left, right):
                return self._compare(op, left, right, rows)
            case plan.Arithmetic(sign, left, right, type_):
                both = [self.of(left, rows), self.of(right, rows)]
                return digest("arithmetic", sign, type_, *(sorted(both) if sign in {Sign.ADD, Sign.MUL} else both))
            case plan.Events(stream):
                return digest(self._stream(stream), self._generic(node, rows, {"stream"}))
            case plan.Related(relation):
                return digest(self._relation(relation), self._generic(node, rows, {"relation"}))
            case plan.AlsoWith(stream=stream):
                return digest(self._stream(stream), self._generic(node, rows, {"stream"}))
            case _:
                return self._generic(node, rows, set())

    def _generic(self, node: Any, rows: Rows, without: set[str]) -> str:
        """Return the digest of a node by its kind and all of its fields."""
        told: list[object] = [type(node).__name__]
        for name, value, inside in parts(node, rows):
            if name in without:
                continue
            if type(value) is tuple:
                each = [self._value(one, read) for one, read in zip(value, inside, strict=True)]
                is_set = isinstance(node, _ANY_ORDER) or name == "without"
                told.append(digest(*(sorted(each) if is_set else each)))
            else:
                told.append(self._value(value, inside[0]))
        return digest(*told)

    def _value(self, value: Any, rows: Rows) -> str:
        return self.of(value, rows) if isinstance(value, Node) else _plain(value)

    def _compare(self, op: Op, left: plan.Expr, right: plan.Expr, rows: Rows) -> str:
        for value, other in ((left, right), (right, left)):
            chosen = _chosen(value, [other.value]) if op is Op.EQ and isinstance(other, plan.Literal) else None
            if chosen is not None:
                return self._choice(value, chosen, rows)
        both = [self.of(left, rows), self.of(right, rows)]
        if op is Op.EQ:
            both.sort()
        elif op in _TURNED:
            op, both = _TURNED[op], both[::-1]
        return digest("compare", op, *both)

    def _choice(self, value: Any, chosen: list[bool], rows: Rows) -> str:
        """Return the digest of whether one of some outcomes is the one; what they are called does not matter."""
        conditions = [self.of(each, rows) for each in value.conditions]
        return digest("chosen", *conditions, *chosen)

    # ── where it is read ─────────────────────────────────────────────────────────────────────────────────────────────

    def _field(self, owner: str, level: int, path: tuple[str, ...], name: str) -> str:
        # Of an item of a list there is one field only.
        if not owner:
            return digest("item", level)
        way, fields = self._way(owner, path)
        field = fields[name]
        return digest("field", level, way, field.column, field.type, field.zone)

    def _way(self, owner: str, path: tuple[str, ...]) -> tuple[str, dict[str, Field]]:
        """Return the digest of a way through relations, and the fields at its end."""
        fields, told = dict(self.catalog.fields_of(owner)), list[str]()
        for hop in path:
            one = self.catalog.one(owner, hop)
            assert one is not None
            end = self.entity(one.entity) if one.entity else ""
            told.append(digest(_table(one.table), one.key, one.by, end))
            fields, owner = dict(one.fields), one.entity or ""
        return digest(*told), fields

    def _stream(self, name: str) -> str:
        stream = self.catalog.streams[name]
        return digest("events", _table(stream.table), stream.by, stream.at, stream.at_type, stream.zone)

    def _relation(self, name: str) -> str:
        many = self.catalog.manys[name]
        end = self.entity(many.entity) if many.entity else ""
        return digest("related", _table(many.table), many.by, end)


def _table(table: Table) -> str:
    return digest("file" if table.is_file else "table", *table.parts)


def _plain(value: object) -> str:
    """Return a value that holds no nodes as text; numbers that are equal are told alike."""
    if isinstance(value, bool | str):
        return f"{type(value).__name__} {value}"
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        return format(number.normalize() if number else Decimal(0), "f")
    return repr(value)


def _chosen(value: Any, wanted: list[object]) -> list[bool] | None:
    """Return which outcomes of a choice of names are wanted, the last for `otherwise`; None for another value."""
    if not isinstance(value, plan.Choice):
        return None
    given = [*value.values, *([value.otherwise] if value.otherwise is not None else [])]
    names = [each.value for each in given if isinstance(each, plan.Literal) and isinstance(each.value, str)]
    if len(names) < len(given) or len(set(names)) < len(names):
        return None
    return [each in wanted for each in names]
