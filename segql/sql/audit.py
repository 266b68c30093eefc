"""Questions about all that a catalog says of the data, whatever segments ask."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segql import plan
from segql.catalog import Catalog, Entity, Field, Many, One, Stream
from segql.plan import NOW, Clock
from segql.plan.uses import ColumnUse, TableUse
from segql.sql.checks import DataCheck, checks
from segql.sql.clocks import Now
from segql.sql.dialects import DIALECTS
from segql.sql.expressions import Translator
from segql.sql.frame import Frame
from segql.sql.lists import Lists
from segql.sql.literals import all_of, case, column, identifier, known, named, number
from segql.sql.names import Names
from segql.sql.others import Others
from segql.sql.points import Stretch
from segql.sql.sources import Source, Sources
from segql.sql.still import Still
from segql.types import TIMESTAMP, Kind, Type

# So many different values of a field are looked at; a list that somebody wrote down is shorter.
VALUES_MOST = 200

Owner = Entity | Stream | One | Many


@dataclass(frozen=True, slots=True)
class Tally:
    """A query of one row about the rows of a declaration: their number, then how many values of each field are known.

    Of events, two numbers more: how many have a time, and how many of these lie at T or later.
    """

    owner: Owner
    sql: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """A query for the values of a field that the catalog lists, and how many rows have each, the most frequent first.

    At most `VALUES_MOST` come.
    """

    owner: Owner
    field: Field
    sql: str


class Audit:
    """All that a catalog says, as questions in a dialect.

    `filters` and `row_filters` are the conditions that declarations put on their tables, as `Analyzed` has them.

    Example:
        Audit(catalog, analyzed.filters, analyzed.row_filters, clock, "duckdb").uses()
    """

    def __init__(
        self,
        catalog: Catalog,
        filters: Mapping[str, plan.Expr],
        row_filters: Mapping[str, plan.Expr],
        clock: Clock,
        dialect: str,
    ) -> None:
        self.catalog, self.dialect = catalog, DIALECTS[dialect]
        self.clock: Now = Still(clock, self.dialect)
        self.row_filters = row_filters
        names = Names()
        self.lists = Lists(catalog, {}, names, self.dialect)
        self.sources = Sources(catalog, self.clock, self.dialect, names)
        request = plan.Request("", (), (), tuple(plan.Filter(name, where) for name, where in filters.items()))
        self.others = Others(request, self.sources, self.dialect, self.lists, names, [], _nobody)
        for each in self._owners():
            self._use(each)
        for one in catalog.ones.values():
            self._use_start(one)

    def uses(self) -> list[tuple[Owner, TableUse]]:
        """Return every declaration that has a table of its own, and the columns that it speaks of."""
        return [(each, TableUse(each.table, tuple(self.sources.of(each).columns.values()))) for each in self._owners()]

    def checks(self) -> list[DataCheck]:
        """Return the checks of values and keys; every row that one returns is a defect."""
        return list(checks(self.sources, self.clock, self.dialect, None, self.others))

    def tally(self, owner: Owner, sure: Collection[str]) -> Tally | None:
        """Return the query about the rows of a declaration; None where nothing is to be counted.

        `sure` are columns of which the database says that no value is missing.
        """
        own = {getattr(owner, "key", None), getattr(owner, "by", None), getattr(owner, "at", None)}
        fields = tuple(
            each
            for each in owner.fields.values()
            if not each.optional and each.column not in sure and each.column not in own
        )
        if not fields and not isinstance(owner, Stream):
            return None
        reading = _Reading(self, owner)
        counted: list[exp.Expr] = [exp.Count(this=exp.Star())]
        counted += [exp.Count(this=reading.value(each)) for each in fields]
        if isinstance(owner, Stream):
            counted += reading.times(owner)
        names = Names()
        selected = [named(each, names.new("counted")) for each in counted]
        return Tally(owner, reading.printed(selected), fields)

    def values(self, owner: Owner) -> Iterator[Values]:
        """Yield a query for each field of a declaration whose values are listed."""
        for each in owner.fields.values():
            if each.values is not None and each.type.kind is not Kind.LIST:
                reading = _Reading(self, owner)
                value = reading.value(each)
                times = exp.Count(this=exp.Star())
                query = reading.rows([named(value, "value"), named(times, "times")], known(value.copy()))
                query = query.group_by(value.copy()).order_by(exp.Ordered(this=times.copy(), desc=True))
                yield Values(owner, each, reading.finished(query.limit(VALUES_MOST)))

    def _owners(self) -> list[Owner]:
        """Return the declarations that have a table of their own; a relation to an entity reads that entity's."""
        catalog = self.catalog
        return [
            *catalog.entities.values(),
            *catalog.streams.values(),
            *(each for each in catalog.manys.values() if each.entity is None),
            *(each for each in catalog.ones.values() if each.entity is None),
        ]

    def _use(self, owner: Owner) -> None:
        """Note all columns of a declaration, fields first: the line of a field says more than that of the key."""
        source, place = self.sources.of(owner), self.catalog.place
        for each in owner.fields.values():
            self.sources.use(source, ColumnUse(each.column, each.type, False, each.span))
        match owner:
            case Entity():
                self.sources.use(source, ColumnUse(owner.key, owner.key_type, True, place(owner, "key")))
            case Stream():
                key_type = self._key_type(owner.entity)
                self.sources.use(source, ColumnUse(owner.by, key_type, True, place(owner, "by")))
                self.sources.use(source, ColumnUse(owner.at, owner.at_type or TIMESTAMP, False, place(owner, "at")))
                source.reaches(None)
            case Many():
                self.sources.use(source, ColumnUse(owner.by, self._key_type(owner.owner), True, place(owner, "by")))
            case One():
                self.sources.use(source, ColumnUse(owner.key, None, False, place(owner, "key")))

    def _use_start(self, one: One) -> None:
        """Note the column from which a relation starts."""
        families: tuple[Mapping[str, Owner], ...] = (self.catalog.entities, self.catalog.streams, self.catalog.manys)
        owner = next((family[one.owner] for family in families if one.owner in family), None)
        if owner is None or (isinstance(owner, Many) and owner.entity is not None):
            return
        field = owner.fields.get(one.by)
        start = field.column if field else one.by
        use = ColumnUse(start, field.type if field else None, False, self.catalog.place(one, "by"))
        self.sources.use(self.sources.of(owner), use)

    def _key_type(self, entity: str) -> Type | None:
        return self.catalog.entities[entity].key_type


class _Reading:
    """The rows of one declaration, read once, with what is asked of their columns."""

    def __init__(self, audit: Audit, owner: Owner) -> None:
        self.audit, self.owner = audit, owner
        self.source: Source = audit.sources.of(owner)
        self.translator: Translator | None = None
        self.conditions: list[exp.Expr] = []
        if isinstance(owner, One):
            return
        level = 0 if isinstance(owner, Entity) else 1
        home = owner.name if isinstance(owner, Entity) else owner.entity if isinstance(owner, Stream) else owner.owner
        entity = audit.catalog.entities[home or ""]
        self.frame = Frame(owner, level, entity, audit.sources, None, audit.others)
        self.level = level
        self.translator = Translator(self.frame, audit.clock, audit.dialect, audit.lists)
        where = audit.row_filters.get(owner.name) if level else None
        exists = None if level else audit.others.exists(owner.name, self.frame.alias)
        if where is not None:
            self.conditions.append(self.translator.condition(where))
        if exists is not None:
            self.conditions.append(exists)

    def value(self, field: Field) -> exp.Expr:
        """Return the value of a field."""
        if self.translator is None:
            found: exp.Expr = column(field.column, self.owner.name)
            return self.audit.dialect.listed(found) if field.values and field.type.kind is Kind.TEXT else found
        return self.translator.value(plan.Field(self.level, (), field.name, field.type))

    def times(self, stream: Stream) -> list[exp.Expr]:
        """Return how many events have a time, and how many of these lie at T or later."""
        assert self.translator is not None
        type_ = stream.at_type or TIMESTAMP
        later = self.translator.within(self.frame.moment, type_, Stretch(self.audit.clock.at(NOW), None))
        return [exp.Count(this=self.frame.moment()), exp.Count(this=case(later, number(1)))]

    def rows(self, selected: Sequence[exp.Expr], *conditions: exp.Expr) -> exp.Select:
        """Return a `select` from the rows that belong to the declaration."""
        if self.translator is None:
            table = self.audit.sources.table(self.source, self.owner.name)
            query = exp.select(*selected, copy=False).from_(table, copy=False)
        else:
            query = self.frame.rows(*selected)
        asked = [*self.conditions, *conditions]
        return query.where(all_of(asked), copy=False) if asked else query

    def printed(self, selected: Sequence[exp.Expr]) -> str:
        """Return the query as text."""
        return self.finished(self.rows(selected))

    def finished(self, query: exp.Select) -> str:
        """Return a query as text, with the CTE that makes its table plain."""
        sources = self.audit.sources
        wanted = {each.name for each in query.find_all(exp.Table)}
        for name, cte in sources.ctes():
            if name in wanted:
                query = query.with_(identifier(name), as_=cte, copy=False)
        return self.audit.dialect.printed(query)


def _nobody(name: str, clock: Now) -> exp.Select:
    """Stand for the members of a segment: what a declaration puts on its table asks for none."""
    raise AssertionError((name, clock))
