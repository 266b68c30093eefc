"""Modules of a project → its catalog, and its segments as plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from segql import plan
from segql.analysis import errors
from segql.analysis.declarations import declare
from segql.analysis.expressions import condition, read
from segql.analysis.names import Outcome as Declared
from segql.analysis.outcomes import outcome, parts_of
from segql.analysis.references import circle
from segql.analysis.rows import filter_of
from segql.analysis.scope import Project, Row, Scope, is_unknown
from segql.analysis.uses import Use, Uses
from segql.catalog import Catalog
from segql.diagnostics import Diagnostic, Severity, nearest
from segql.plan import Literal
from segql.source import Span
from segql.syntax import Parsed, ast
from segql.tree import walk
from segql.types import BOOLEAN, TEXT

# So many questions that are asked apart an engine answers in one statement.
_ASKED_APART_MOST = 100
_METADATA = ("owner", "tags")
_COLUMNS = {"score": "score", "tiers": "tier", "split": "arm"}
_KINDS = {ast.Score: "score", ast.Tiers: "tiers", ast.Split: "split"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A segment, ready to be asked for.

    `uses` names the segments that it refers to directly, `span` is the whole declaration, `owners` has each owner with
    its place.
    """

    name: str
    entity: str
    description: str
    owner: str | None
    tags: tuple[str, ...]
    condition: plan.Expr
    uses: tuple[str, ...]
    span: Span
    owners: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A score, tier list or split, ready to be asked for: what each member of `entity` gets.

    `kind` is the word that declares it; `segments` are the names of its tiers or arms as segments, in order.
    """

    name: str
    kind: str
    entity: str
    description: str
    expr: plan.Expr
    segments: tuple[str, ...]
    uses: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Analyzed:
    """What a project says: its catalog, its segments by name in order of declaration, and what is wrong with it.

    A tier or an arm is a segment, too: `value_tier.gold`. `filters` are the conditions that declarations put on the
    tables of entities, `row_filters` those on the tables of events and rows, which read their row at level 1. `traits`
    are values without a window from outside, by entity and name.
    `declarations` are what the files declare, as written, and `places` hold what conditions name.
    """

    catalog: Catalog
    definitions: Mapping[str, Definition]
    outcomes: Mapping[str, Outcome]
    diagnostics: tuple[Diagnostic, ...]
    filters: Mapping[str, plan.Expr]
    row_filters: Mapping[str, plan.Expr]
    traits: Mapping[tuple[str, str], plan.Expr]
    params: Mapping[str, Literal]
    declarations: tuple[ast.Declaration, ...]
    places: Uses

    @property
    def uses(self) -> tuple[Use, ...]:
        """The places in conditions that name something."""
        return self.places.all()

    @property
    def is_sound(self) -> bool:
        """Whether nothing in it is an error."""
        return all(each.severity is not Severity.ERROR for each in self.diagnostics)

    def request(self, names: Sequence[str]) -> plan.Request:
        """Return the question for these segments, of one entity, with all that they use.

        Raises KeyError for an unknown name, ValueError for segments of several entities.
        """
        wanted = [self.definitions[name] for name in dict.fromkeys(names)]
        entities = {each.entity for each in wanted}
        if len(entities) != 1:
            raise ValueError("segments of one entity are asked for together")
        ordered: dict[str, plan.Segment] = {}
        for each in wanted:
            self._collect(each.name, ordered)
        entity = wanted[0].entity
        asked = tuple(each.name for each in wanted)
        segments = tuple(ordered.values())
        return plan.Request(entity, asked, segments, self._filters(entity, segments))

    def everyone(self, entity: str) -> plan.Request:
        """Return the question for all members of an entity."""
        segments = (plan.Segment("everyone", entity, plan.TRUE),)
        return plan.Request(entity, ("everyone",), segments, self._filters(entity, segments))

    def values(self, names: Sequence[str]) -> plan.Request:
        """Return the question for what each member gets by scores, tier lists and splits of one entity.

        One alone is called `score`, `tier` or `arm` in the answer, several have their own names.

        Raises KeyError for an unknown name, ValueError for several entities.
        """
        wanted = [self.outcomes[name] for name in dict.fromkeys(names)]
        if len({each.entity for each in wanted}) != 1:
            raise ValueError("values of one entity are asked for together")
        ordered: dict[str, plan.Segment] = {}
        for used in (used for each in wanted for used in each.uses):
            self._collect(used, ordered)
        entity, segments = wanted[0].entity, tuple(ordered.values())
        values = tuple(
            plan.Value(
                each.name, entity, each.expr, each.name if len(wanted) > 1 else _COLUMNS[each.kind], span=each.span
            )
            for each in wanted
        )
        return plan.Request(entity, (), segments, self._filters(entity, [*segments, *values]), values)

    def _filters(self, entity: str, segments: Sequence[plan.Segment | plan.Value]) -> tuple[plan.Filter, ...]:
        """Return the filters of the entity and of those that its segments are of, or reach by relations."""
        if not self.filters:
            return ()
        read = (part for each in segments for part in walk(each) if isinstance(part, plan.Field | plan.InSegment))
        hops = {hop for part in read for hop in part.path}
        reached = {each.entity for each in self.catalog.ones.values() if each.name in hops}
        reached |= {each.entity for each in segments}
        return tuple(
            plan.Filter(name, where) for name, where in self.filters.items() if name == entity or name in reached
        )

    def _collect(self, name: str, ordered: dict[str, plan.Segment]) -> None:
        """Put a segment after all that it uses; long chains of uses need no recursion."""
        pending = [(name, False)]
        while pending:
            current, is_ready = pending.pop()
            if current in ordered:
                continue
            definition = self.definitions[current]
            if is_ready:
                ordered[current] = plan.Segment(current, definition.entity, definition.condition, span=definition.span)
                continue
            pending.append((current, True))
            pending.extend((each, False) for each in reversed(definition.uses))


def analyze(parsed: Sequence[Parsed], params: Mapping[str, str]) -> Analyzed:
    """Return what the sources say together; `params` are values given from outside, as text.

    Nothing in the sources makes this raise.
    """
    found = [each for one in parsed for each in one.diagnostics]
    spoken = len(found)
    broken = [each for one in parsed for each in one.broken]
    declarations = [each for one in parsed for each in one.module.declarations]
    names = declare(declarations, broken, params, found)
    project = Project(names, found, Uses(names.catalog), read, outcome)
    definitions: dict[str, Definition] = {}
    outcomes: dict[str, Outcome] = {}
    # Where part of the catalog could not be read, what conditions say of it cannot be judged.
    if not any(each.word in {"entity", "events", "one", "many"} for each in broken):
        _catalog_filters(project)
        _traits(project)
        for name, (entity, written) in names.segments.items():
            definitions[name] = _definition(name, entity, written, project)
        for name, (entity, declared) in names.outcomes.items():
            outcomes[name] = _outcome(name, entity, declared, project)
            definitions |= {each.name: each for each in _parts(outcomes[name], declared)}
        if not _circles(definitions, project):
            _sizes(definitions, project)
    filters = {owner: expr for (owner, level), expr in project.filters.items() if level == 0}
    told = [*found[:spoken], *(each for each in found[spoken:] if not _is_damaged(each, parsed))]
    of_rows = {owner: expr for (owner, level), expr in project.filters.items() if level == 1}
    # Scores, tier lists and splits are kept with them while they are read.
    traits = {key: expr for key, expr in project.traits.items() if key in names.traits}
    return Analyzed(
        names.catalog,
        definitions,
        outcomes,
        _in_order(told, parsed),
        filters,
        of_rows,
        traits,
        names.params,
        tuple(declarations),
        project.uses,
    )


def _is_damaged(diagnostic: Diagnostic, parsed: Sequence[Parsed]) -> bool:
    """Say whether a message is about a place that could not be read, of which all is said."""
    span = diagnostic.span
    return span is not None and any(
        span.source is each.source and span.start < each.end and each.start < span.end
        for one in parsed
        for each in one.damaged
    )


def _in_order(found: Sequence[Diagnostic], parsed: Sequence[Parsed]) -> tuple[Diagnostic, ...]:
    """Return messages as a reader comes to them, each once: by source, then by place."""
    place = {id(one.source): number for number, one in enumerate(parsed)}

    def key(each: Diagnostic) -> tuple[int, int]:
        return (place.get(id(each.span.source), -1), each.span.start) if each.span else (-1, 0)

    return tuple(sorted(dict.fromkeys(found), key=key))


def _definition(name: str, entity: str, written: ast.Segment, project: Project) -> Definition:
    scope = _whole(project, entity)
    expr = condition(written.condition, scope)
    uses = dict.fromkeys(each.name for each in walk(expr) if isinstance(each, plan.InSegment))
    owners: tuple[tuple[str, Span], ...] = ()
    tags: tuple[str, ...] = ()
    for each in written.metadata:
        texts = tuple(value.value if isinstance(value, ast.Text) else value.text for value in each.values)
        match each.word.text.lower():
            case "owner":
                owners = tuple((text, value.span) for text, value in zip(texts, each.values, strict=True))
            case "tags":
                tags = (*tags, *texts)
            case word:
                project.found.append(errors.unknown_metadata(each.word.span, word, nearest(word, _METADATA)))
    description = written.description.value if written.description else ""
    owner = ", ".join(text for text, _ in owners) if owners else None
    return Definition(name, entity, description, owner, tags, expr, tuple(uses), written.span, owners)


def _outcome(name: str, entity: str, written: Declared, project: Project) -> Outcome:
    path = ast.Path((written.name,), span=written.name.span)
    expr = _whole(project, entity).read(path)
    uses = dict.fromkeys(each.name for each in walk(expr) if isinstance(each, plan.InSegment))
    description = written.description.value if written.description else ""
    kind = _KINDS[type(written)]
    segments = tuple(f"{name}.{each.text}" for each in parts_of(written))
    return Outcome(name, kind, entity, description, expr, segments, tuple(uses), written.span)


def _parts(of: Outcome, written: Declared) -> Iterator[Definition]:
    """Yield the tiers or arms as segments."""
    for name, part in zip(of.segments, parts_of(written), strict=True):
        condition: plan.Expr = plan.Unknown(BOOLEAN, span=part.span)
        if not is_unknown(of.expr):
            literal = plan.Literal(part.text, TEXT, span=part.span)
            condition = plan.Compare(plan.Op.EQ, of.expr, literal, span=part.span)
        yield Definition(name, of.entity, of.description, None, (), condition, of.uses, part.span)


def _catalog_filters(project: Project) -> None:
    """Read the conditions that declarations put on their tables, so that a mistake is found even where none is used."""
    catalog = project.names.catalog
    for owner in project.names.filters:
        if owner in catalog.entities:
            filter_of(owner, project)
            continue
        related = catalog.streams.get(owner)
        entity = related.entity if related else catalog.manys[owner].owner
        if entity not in catalog.entities:
            continue
        inner = _whole(project, entity).inside(owner)
        key = (owner, inner.row.level)
        if key not in project.filters:
            project.filters[key] = condition(project.names.filters[owner], inner)


def _traits(project: Project) -> None:
    """Read every trait, used or not."""
    for entity, name in project.names.traits:
        if (entity, name) not in project.traits:
            written = project.names.traits[entity, name].name
            _whole(project, entity).read(ast.Path((written,), span=written.span))


def _circles(definitions: dict[str, Definition], project: Project) -> bool:
    """Report segments that use themselves; return whether there are any."""
    ways = circle({name: each.uses for name, each in definitions.items()})
    for way in ways:
        places = [_use(definitions[name], used) for name, used in pairwise(way)]
        project.found.append(errors.reference_cycle(places[0], way, places[1:]))
    return bool(ways)


def _sizes(definitions: dict[str, Definition], project: Project) -> None:
    """Report segments that ask about so many others, or other instants, that no engine would answer.

    Each such question is asked apart, with all that it asks in turn.
    """
    sizes: dict[str, int] = {}
    pending = list(reversed(definitions))
    while pending:
        name = pending.pop()
        missing = [each for each in definitions[name].uses if each not in sizes and each in definitions]
        if name in sizes:
            continue
        if missing:
            pending += [name, *missing]
            continue
        asked = {each for each in walk(definitions[name].condition) if isinstance(each, plan.InSegment)}
        sizes[name] = sum(sizes.get(each.name, 0) + (not each.is_own) for each in asked)
        if sizes[name] > _ASKED_APART_MOST:
            project.found.append(errors.grown_too_large(_short(definitions[name].span)))
            sizes[name] = 0


def _short(span: Span) -> Span:
    """Return the first line of a place."""
    end = span.source.text.find("\n", span.start)
    return span if end < 0 else span.source.span(span.start, min(span.end, end))


def _use(definition: Definition, used: str) -> Span:
    """Return where a segment uses another."""
    uses = (each for each in walk(definition.condition) if isinstance(each, plan.InSegment) and each.name == used)
    return next((each.span for each in uses), definition.span)


def _whole(project: Project, entity: str) -> Scope:
    return Scope(project, entity, (Row(0, entity),))
