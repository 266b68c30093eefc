"""Declarations of all files → the catalog and the table of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from segql.analysis import errors
from segql.analysis.fields import fields_of, type_of, with_columns_of, zone_of
from segql.analysis.names import Names, Outcome
from segql.analysis.params import param_value
from segql.catalog import Catalog, Entity, Field, Many, One, StaticList, Stream, Table
from segql.diagnostics import Diagnostic, nearest
from segql.plan import Literal
from segql.source import Span
from segql.syntax import Broken, ast
from segql.tree import replace
from segql.types import TIMESTAMP, Type

# The files that can be read.
_ENDINGS = (".csv", ".parquet")


def declare(
    declarations: Sequence[ast.Declaration],
    broken: Iterable[Broken],
    params: Mapping[str, str],
    found: list[Diagnostic],
) -> Names:
    """Return what the declarations say, with `params` given from outside; mistakes go to `found`."""
    return _Declaring(declarations, frozenset(broken), found).names(params)


class _Declaring:
    def __init__(
        self,
        declarations: Sequence[ast.Declaration],
        broken: frozenset[Broken],
        found: list[Diagnostic],
    ) -> None:
        self.declarations, self.broken, self.found = declarations, broken, found
        self.filters: dict[str, ast.Condition] = {}
        self.first: dict[tuple[str, str], Span] = {}
        self.places: dict[tuple[str, str, str], Span] = {}

    def names(self, params: Mapping[str, str]) -> Names:
        catalog = self._catalog()
        traits: dict[tuple[str, str], ast.Trait] = {}
        segments: dict[str, tuple[str, ast.Segment]] = {}
        outcomes: dict[str, Outcome] = {}
        for each in self.declarations:
            match each:
                case ast.Trait() if self._is_new("trait", each.name):
                    entity = self._entity(each.owner, each.name.span, "trait", catalog)
                    if entity is not None:
                        traits[entity, each.name.text] = each
                case ast.Segment() if self._is_new("segment", each.name):
                    entity = self._entity(each.owner, each.name.span, "segment", catalog)
                    if entity is not None:
                        segments[each.name.text] = (entity, each)
                case ast.Score() | ast.Tiers() | ast.Split() if self._is_new("segment", each.name):
                    outcomes[each.name.text] = each
                case _:
                    pass
        given = self._params(params)
        owned = self._outcomes(outcomes, segments, traits, catalog)
        return Names(catalog, self.filters, traits, given, segments, owned, self.broken)

    def _outcomes(
        self,
        outcomes: Mapping[str, Outcome],
        segments: Mapping[str, tuple[str, ast.Segment]],
        traits: Mapping[tuple[str, str], ast.Trait],
        catalog: Catalog,
    ) -> dict[str, tuple[str, Outcome]]:
        """Return scores, tier lists and splits with their entities; a split has that of what it splits."""
        owned: dict[str, tuple[str, Outcome]] = {}
        for name, each in outcomes.items():
            entity: str | None = None
            if not isinstance(each, ast.Split):
                what = "score" if isinstance(each, ast.Score) else "tier list"
                entity = self._entity(each.owner, each.name.span, what, catalog)
            elif not each.of_segment and each.owner.text in segments:
                hint = "members of a segment are split with `of segment`"
                ours = f"segment {each.owner.text}"
                self.found.append(
                    errors.wrong_kind(each.owner.span, each.owner.text, "a segment", "an entity", hint, ours)
                )
            elif not each.of_segment:
                entity = self._entity(each.owner, each.name.span, "split", catalog)
            elif each.owner.text in segments:
                entity, _ = segments[each.owner.text]
            else:
                self._unknown(each.owner, "segment", segments, "segment")
            if entity is not None:
                owned[name] = entity, each
                self._check_free(each.name, entity, traits, catalog)
        return owned

    def _check_free(
        self, name: ast.Name, entity: str, traits: Mapping[tuple[str, str], ast.Trait], catalog: Catalog
    ) -> None:
        """Report a score, tier list or split whose name stands for another value of the member."""
        trait, field = traits.get((entity, name.text)), catalog.fields_of(entity).get(name.text)
        first = trait.name.span if trait else field.span if field else None
        if first is not None:
            self.found.append(errors.repeated_name(name.span, "trait" if trait else "field", name.text, first))

    # ── the catalog ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _catalog(self) -> Catalog:
        entities: dict[str, Entity] = {}
        streams: dict[str, Stream] = {}
        manys: dict[str, Many] = {}
        ones: dict[tuple[str, str], One] = {}
        lists: dict[str, StaticList] = {}
        for each in self.declarations:
            match each:
                case ast.Entity() if self._is_new("entity", each.name):
                    entities[each.name.text] = self._of_entity(each)
                case ast.Events() if self._is_new("entity", each.name):
                    streams[each.name.text] = self._of_events(each)
                case ast.Many() if each.table is not None and self._is_new("entity", each.name):
                    manys[each.name.text] = self._of_many(each, each.table)
                case ast.StaticList() if self._is_new("list", each.name):
                    lists[each.name.text] = StaticList(
                        each.name.text,
                        each.owner.text,
                        each.path.value,
                        each.key.text,
                        _said(each.description),
                        span=each.path.span,
                    )
                case _:
                    pass
        for each in self.declarations:
            if isinstance(each, ast.Many) and each.table is None:
                self._members(each, entities, manys)
            if isinstance(each, ast.One) and self._is_new(f"relation of {each.owner.text}", each.name):
                one = self._of_one(each, entities)
                if one is not None:
                    ones[each.owner.text, each.name.text] = one
        catalog = Catalog(entities, streams, ones, manys, lists, self.places)
        self._owners(catalog)
        return catalog

    def _of_entity(self, written: ast.Entity) -> Entity:
        fields = self._fields(written.name.text, written.fields, written.where)
        self._placed(written.name, key=written.key)
        return Entity(
            written.name.text,
            self._table(written.table),
            _column(written.key, fields),
            fields,
            _said(written.description),
            span=written.name.span,
        )

    def _of_events(self, written: ast.Events) -> Stream:
        # The time of an event is an instant, whatever its filter compares it with.
        fields = self._fields(written.name.text, written.fields, written.where, {written.at.text: TIMESTAMP})
        at = fields.get(written.at.text)
        zone = zone_of(written.zone, self.found) or (at.zone if at else None)
        if at is not None and not at.type.is_moment and at.type.kind.value != "unknown":
            hint = "declare it `timestamp` or `date`"
            self.found.append(
                errors.wrong_field(at.span, f"`{at.name}` is the time of the events and no {at.type}", hint)
            )
        if at is not None and zone is not None:
            fields[at.name] = replace(at, zone=zone)
        self._placed(written.name, by=written.by, at=written.at)
        return Stream(
            written.name.text,
            written.owner.text,
            self._table(written.table),
            _column(written.by, fields),
            _column(written.at, fields),
            zone,
            fields,
            _said(written.description),
            span=written.name.span,
        )

    def _of_many(self, written: ast.Many, table: ast.TableName) -> Many:
        fields = self._fields(written.name.text, written.fields, written.where)
        self._placed(written.name, written.owner, by=written.by)
        return Many(
            written.name.text,
            written.owner.text,
            self._table(table),
            _column(written.by, fields),
            fields,
            description=_said(written.description),
            span=written.name.span,
        )

    def _of_one(self, written: ast.One, entities: Mapping[str, Entity]) -> One | None:
        name, owner, by = written.name.text, written.owner.text, written.by.text
        self._placed(written.name, written.owner, by=written.by)
        if written.target is not None:
            target = entities.get(written.target.text)
            if target is None:
                self._unknown(written.target, "entity", entities, "entity")
                return None
            return One(
                name,
                owner,
                target.table,
                target.key,
                by,
                target.fields,
                target.name,
                span=written.name.span,
            )
        assert written.table is not None
        assert written.key is not None
        self._placed(written.name, written.owner, key=written.key)
        fields = fields_of(written.fields, self.found)
        return One(
            name,
            owner,
            self._table(written.table),
            _column(written.key, fields),
            by,
            fields,
            description=_said(written.description),
            span=written.name.span,
        )

    def _members(self, written: ast.Many, entities: Mapping[str, Entity], manys: dict[str, Many]) -> None:
        """Declare `many customer of team by team_id`: the members of one entity as rows of another.

        It is kept by its owner too, since it bears the name of the entity.
        """
        entity = entities.get(written.name.text)
        if entity is None:
            self._unknown(written.name, "entity", entities, "entity")
            return
        self._placed(written.name, written.owner, by=written.by)
        manys[f"{written.owner.text}.{entity.name}"] = Many(
            entity.name,
            written.owner.text,
            entity.table,
            _column(written.by, entity.fields),
            entity.fields,
            entity.name,
            span=written.name.span,
        )

    def _owners(self, catalog: Catalog) -> None:
        """Check that every relation, stream and list starts at something that is declared, and by a field of it."""
        for each in self.declarations:
            match each:
                case ast.Events() | ast.Many() | ast.StaticList():
                    if each.owner.text not in catalog.entities:
                        self._unknown(each.owner, "entity", catalog.entities, "entity")
                case ast.One():
                    known = [*catalog.entities, *catalog.streams, *catalog.manys]
                    if each.owner.text not in known:
                        self._unknown(each.owner, "entity or stream", known, "entity", "events", "many")
                case _:
                    pass

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _fields(
        self,
        owner: str,
        rows: tuple[ast.FieldRow, ...],
        where: ast.Condition | None,
        known: Mapping[str, Type] | None = None,
    ) -> dict[str, Field]:
        if where is not None:
            self.filters[owner] = where
        return with_columns_of(where, fields_of(rows, self.found), known)

    def _placed(self, name: ast.Name, owner: ast.Name | None = None, **columns: ast.Name) -> None:
        """Note where the columns of a declaration were written."""
        for word, column in columns.items():
            self.places[owner.text if owner else "", name.text, word] = column.span

    def _table(self, written: ast.TableName) -> Table:
        if written.is_file and not written.parts[0].lower().endswith(_ENDINGS):
            self.found.append(errors.unreadable_file(written.span, written.parts[0]))
        return Table(written.parts, written.is_file, span=written.span)

    def _is_new(self, kind: str, name: ast.Name) -> bool:
        """Say whether the name is new among its kind, and report it where it is not."""
        first = self.first.setdefault((kind, name.text), name.span)
        if first is name.span:
            return True
        self.found.append(errors.repeated_name(name.span, kind.split(maxsplit=1)[0], name.text, first))
        return False

    def _entity(self, owner: ast.Name | None, span: Span, what: str, catalog: Catalog) -> str | None:
        """Return the entity of a trait or segment: the one it names, else the only one."""
        if owner is not None:
            if owner.text in catalog.entities:
                return owner.text
            self._unknown(owner, "entity", catalog.entities, "entity")
            return None
        if len(catalog.entities) == 1:
            return next(iter(catalog.entities))
        if not any(each.word == "entity" for each in self.broken):
            is_bare = what == "segment" and span.start == 0
            what = "condition" if is_bare else what
            self.found.append(errors.entity_needed(_short(span), what, list(catalog.entities)))
        return None

    def _unknown(self, name: ast.Name, what: str, known: Iterable[str], *words: str) -> None:
        if not any(each.name == name.text and each.word in words for each in self.broken):
            known = list(known)
            near = nearest(name.text, known)
            self.found.append(errors.unknown_name(name.span, what, name.text, near, known=known))

    def _params(self, given: Mapping[str, str]) -> dict[str, Literal]:
        params: dict[str, Literal] = {}
        for each in self.declarations:
            if isinstance(each, ast.Param) and self._is_new("param", each.name):
                type_ = type_of(each.type, self.found)
                params[each.name.text] = param_value(each, type_, given.get(each.name.text), self.found)
        for name in given:
            if name not in params:
                self.found.append(errors.unknown_param(name, nearest(name, params)))
        return params


def _column(written: ast.Name, fields: Mapping[str, Field]) -> str:
    """Return the column that a name stands for: that of the field of this name, else the name itself."""
    field = fields.get(written.text)
    return field.column if field else written.text


def _said(text: ast.Text | None) -> str:
    return text.value if text else ""


def _short(span: Span) -> Span:
    """Return the first line of a place: a bare condition is its own name."""
    line_end = span.source.text.find("\n", span.start)
    return span if line_end < 0 else Span(span.source, span.start, min(span.end, line_end))
