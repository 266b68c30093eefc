"""Literals that occur: the values that an expression has for the members, the values that stand in a column."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from zoneinfo import ZoneInfo

from segql import plan
from segql.analysis import analyze
from segql.catalog import Catalog
from segql.reference import RepeatedKey, value_of
from segql.source import Source
from segql.syntax import parse
from tests.properties.pieces import Chance, Piece
from tests.properties.schema import Column, Owner, Project
from tests.properties.words import Scope, Words, quoted


class Seen(Words):
    """Writes literals near which a comparison changes."""

    def __init__(self, project: Project, chance: Chance) -> None:
        super().__init__(project, chance)
        self._catalog = parse(Source.of("catalog", project.catalog()))

    def seen(self, scope: Scope, piece: Piece) -> str | None:
        """Return a literal for a value that the piece has for somebody, None if it has none that can be written."""
        values = self._values(str(piece)) if scope is self.member else self._cells(scope.owner, str(piece))
        texts = [text for value in values if (text := self._literal(value)) is not None]
        return self.chance.pick(texts) if texts else None

    def seen_gap(self, expression: str) -> str | None:
        """Return the duration that an average gap has for somebody, in seconds."""
        seconds = [value // 1_000_000 for value in self._values(expression) if isinstance(value, int)]
        return f"{self.chance.pick(seconds)} seconds" if any(seconds) else None

    def _values(self, expression: str) -> list[object]:
        """Return what the expression gives for each member, by the reference."""
        project = self.project
        text = f"segment probe{project.of_customer} where ({expression}) is known"
        analyzed = analyze([self._catalog, parse(Source.of("probe", text))], project.params)
        definition = analyzed.definitions.get("probe")
        match definition.condition if definition and analyzed.is_sound else None:
            case plan.Not(plan.IsMissing(value)):
                return self._by_member(analyzed.catalog, value)
            case _:
                return []

    def _by_member(self, catalog: Catalog, value: plan.Expr) -> list[object]:
        project = self.project
        keys = [row["customer_id"] for row in project.rows["customers"] if row["customer_id"] is not None]
        try:
            return [value_of(value, key, "customer", catalog, project.rows, project.clock) for key in keys]
        except RepeatedKey:
            return []

    def _cells(self, owner: Owner, path: str) -> list[object]:
        """Return the cells of a field, reached through relations maybe; none of anything else."""
        name, _, rest = path.partition(".")
        for one in owner.ones:
            if one.name == name and rest:
                return self._cells(one, rest)
        column = next((each for each in owner.columns if each.name == path), None)
        if column is None or column.type.startswith("list") or column.type == "json":
            return []
        rows = self.project.rows.get(owner.table, ())
        return [self._instant(row[column.stored], column) for row in rows]

    def _instant(self, value: object, column: Column) -> object:
        if isinstance(value, dt.datetime) and value.tzinfo is None:
            return value.replace(tzinfo=ZoneInfo(column.zone or "UTC")).astimezone(dt.UTC)
        return value

    def _literal(self, value: object) -> str | None:
        match value:
            case bool() | None:
                return None
            case int() | Decimal():
                return format(value, "f") if isinstance(value, Decimal) else str(value)
            case float():
                return format(Decimal(repr(value)), "f") if math.isfinite(value) else None
            case str():
                return quoted(value, self.chance.pick(('"', "'")))
            case dt.datetime():
                return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            case dt.date():
                return value.isoformat()
            case _:
                return None
