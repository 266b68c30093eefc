"""What names mean, where: the rows in sight, and what is read once for the whole project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from segql import plan
from segql.analysis.names import Names, Outcome
from segql.analysis.uses import Uses
from segql.catalog import Field
from segql.diagnostics import Diagnostic
from segql.source import Span
from segql.syntax import ast
from segql.types import BOOLEAN, JSON, TEXT, Kind, Type


@dataclass(frozen=True, slots=True)
class Row:
    """A row in sight: of an entity, a stream or a relation by its `owner`, or an item of a list of type `item`.

    `alias` is the name of a step of a sequence as later steps see it, empty where it has none.
    """

    level: int
    owner: str
    item: Type | None = None
    alias: str | None = None

    @property
    def name(self) -> str:
        """What its fields are reached by from inside."""
        return self.owner.rpartition(".")[2] if self.alias is None else self.alias


Read: TypeAlias = "Callable[[ast.Condition, Scope], plan.Expr]"
ReadOutcome: TypeAlias = "Callable[[Outcome, Scope], plan.Expr]"


@dataclass(slots=True)
class Project:
    """What analysis knows and finds while it reads conditions."""

    names: Names
    found: list[Diagnostic]
    uses: Uses
    read: Read
    read_outcome: ReadOutcome
    # Traits, scores, tier lists and splits that were read already, and those being read now, the outermost first.
    traits: dict[tuple[str, str], plan.Expr] = field(default_factory=dict)
    reading: list[tuple[str, str]] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)
    filters: dict[tuple[str, int], plan.Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that a condition can read, the member's first, the innermost last."""

    project: Project
    entity: str
    rows: tuple[Row, ...]

    @property
    def row(self) -> Row:
        """The innermost row."""
        return self.rows[-1]

    @property
    def names(self) -> Names:
        """What the project declares."""
        return self.project.names

    @property
    def uses(self) -> Uses:
        """What was named so far."""
        return self.project.uses

    def inside(self, owner: str, item: Type | None = None) -> Scope:
        """Return the scope of a condition about rows of `owner`, inside this one."""
        return Scope(self.project, self.entity, (*self.rows, Row(self.row.level + 1, owner, item)))

    def report(self, diagnostic: Diagnostic, type_: Type = BOOLEAN) -> plan.Unknown:
        """Say what is wrong, and return what stands in its place."""
        self.project.found.append(diagnostic)
        return plan.Unknown(type_, span=diagnostic.span) if diagnostic.span else plan.Unknown(type_)

    def read(self, tree: ast.Condition) -> plan.Expr:
        """Return the value or condition that is written."""
        return self.project.read(tree, self)

    def declared(self, expr: plan.Expr) -> Field | None:
        """Return the catalog's field that an expression reads, if it is nothing but that."""
        if not isinstance(expr, plan.Field) or expr.level >= len(self.rows):
            return None
        row = self.rows[expr.level]
        if row.item is not None:
            return None
        return self.fields_at(row.owner, expr.path).get(expr.name)

    def fields_at(self, owner: str, path: tuple[str, ...]) -> Mapping[str, Field]:
        """Return the fields at the end of a way through many-to-one relations that starts at `owner`."""
        catalog = self.names.catalog
        fields = catalog.fields_of(owner)
        for hop in path:
            one = catalog.one(owner, hop)
            assert one is not None
            fields, owner = one.fields, one.entity or ""
        return fields


def choices(of: plan.Expr) -> tuple[str, ...] | None:
    """Return the names that a value can be, where it is a tier or an arm."""
    if not isinstance(of, plan.Choice) or of.type != TEXT:
        return None
    given = [*of.values, *([of.otherwise] if of.otherwise else [])]
    return tuple(str(each.value) for each in given if isinstance(each, plan.Literal))


def as_json(expr: plan.Expr, type_: Type) -> plan.Expr:
    """Read a json value as a type; other expressions stay as they are."""
    if isinstance(expr, plan.JsonValue) and expr.type.kind is Kind.JSON:
        return plan.JsonValue(expr.base, expr.steps, type_, span=expr.span)
    if expr.type.kind is Kind.JSON and not isinstance(expr, plan.Unknown):
        return plan.JsonValue(expr, (), type_, span=expr.span)
    return expr


def is_json(expr: plan.Expr) -> bool:
    """Say whether the type of an expression is still open, since it comes from json."""
    return expr.type == JSON


def is_unknown(*exprs: plan.Expr) -> bool:
    """Say whether a mistake was reported in one of them."""
    return any(isinstance(each, plan.Unknown) or each.type.kind is Kind.UNKNOWN for each in exprs)


def place(tree: ast.Condition) -> Span:
    """Return where something was written."""
    return tree.span
