"""A request as one statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from segql import plan
from segql.catalog import Catalog, Entity, Many, One, Stream
from segql.diagnostics import SegqlError, nearest
from segql.plan import Clock
from segql.plan.uses import TableUse
from segql.sql import errors
from segql.sql.checks import DataCheck, checks, key_check, repeated
from segql.sql.clocks import Now
from segql.sql.ctes import with_ctes
from segql.sql.dialects import DIALECTS, Dialect
from segql.sql.flags import Flags, made_before
from segql.sql.frame import Frame
from segql.sql.lists import Lists
from segql.sql.literals import any_of, column, identifier, known, named, number, text
from segql.sql.live import Live
from segql.sql.names import Names
from segql.sql.others import Others
from segql.sql.row import Row
from segql.sql.scans import Account, Scan, users, users_of
from segql.sql.sources import Sources
from segql.sql.still import Still
from segql.sql.totals import Totals
from segql.tree import replace, walk
from segql.version import VERSION


class Form(StrEnum):
    """What a statement answers: who the members are, how many there are, or what each member gets."""

    MEMBERS = "members"
    COUNTS = "counts"
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and what it needs.

    `MEMBERS` of one segment gives its key column, of several `segment` and the key, ordered by the place of the
    segment among those asked, then by key. `COUNTS` gives one row: a count for each segment in the order asked; it is
    read by position. `VALUES` gives the key and a column for each value, ordered by key,
    without those who get nothing.

    `key` is the name of the key column, `uses` what is read, `checks` the queries that must return no row, `lists` the
    tables of one column `key` that must be there, with their keys as text.
    """

    sql: str
    request: plan.Request
    form: Form
    key: str
    uses: tuple[TableUse, ...]
    checks: tuple[DataCheck, ...]
    lists: Mapping[str, tuple[str, ...]]


def generate(  # noqa: PLR0913
    request: plan.Request,
    catalog: Catalog,
    clock: Clock,
    *,
    dialect: str,
    form: Form,
    lists: Mapping[str, Sequence[str]],
    is_live: bool = False,
    fingerprints: Mapping[str, str] | None = None,
) -> Statement:
    """Return the statement that answers a request in a dialect.

    If `is_live`, it asks at the engine's own clock whenever it is run, and `clock` is that of the moment at which it is
    made. `fingerprints` of what is asked are told in its first line.

    Raises SegqlError for an unknown dialect, and for what the dialect cannot express.
    """
    if dialect not in DIALECTS:
        raise SegqlError([errors.unknown_dialect(dialect, nearest(dialect, DIALECTS), list(DIALECTS))])
    try:
        made = _Generator(request, catalog, clock, DIALECTS[dialect], lists, is_live=is_live)
        return made.statement(form, fingerprints)
    except errors.Unsupported as problem:
        others = [each for each in DIALECTS.values() if each.name != dialect]
        able = [each.name for each in others if _is_able(each, request, catalog, clock, form, lists, is_live=is_live)]
        raise SegqlError([errors.unsupported(problem.what, dialect, able, problem.span)]) from problem


def account(
    request: plan.Request,
    catalog: Catalog,
    clock: Clock,
    *,
    dialect: str,
    form: Form,
    lists: Mapping[str, Sequence[str]],
) -> Account:
    """Return how the statement that `generate` makes of a request is made; it is made once more for that."""
    return _Generator(request, catalog, clock, DIALECTS[dialect], lists, is_live=False).account(form)


def _is_able(
    dialect: Dialect,
    request: plan.Request,
    catalog: Catalog,
    clock: Clock,
    form: Form,
    lists: Mapping[str, Sequence[str]],
    *,
    is_live: bool,
) -> bool:
    """Say whether a dialect can express a request."""
    try:
        _Generator(request, catalog, clock, dialect, lists, is_live=is_live).statement(form)
    except errors.Unsupported:
        return False
    return True


class _Generator:
    def __init__(
        self,
        request: plan.Request,
        catalog: Catalog,
        clock: Clock,
        dialect: Dialect,
        lists: Mapping[str, Sequence[str]],
        *,
        is_live: bool,
    ) -> None:
        self.request, self.made, self.dialect = request, clock, dialect
        self.entity = catalog.entities[request.entity]
        self.names = Names(_table_names(catalog))
        self.clock: Now = Still(clock, dialect)
        if is_live:
            self.clock = Live(Row(clock, dialect, self.names, _names(catalog, request)))
        self.lists = Lists(catalog, lists, self.names, dialect)
        self.sources = Sources(catalog, self.clock, dialect, self.names)
        # Each CTE stands after those that it reads.
        self.ctes: list[tuple[str, exp.Expr]] = []
        self.totals: list[Totals] = []
        self.others = Others(request, self.sources, dialect, self.lists, self.names, self.ctes, self._keys)

    def statement(self, form: Form, fingerprints: Mapping[str, str] | None = None) -> Statement:
        flags = self._flags(self._own(), self.clock)
        query = self.clock.joined(self._query(form, flags))
        own = [(name, self.clock.joined(cte)) for name, cte in self.ctes]
        plain = [*self.clock.ctes(), *self.sources.ctes()]
        ctes = [*plain, *own]

        def repeated_keys() -> exp.Select:
            return with_ctes(self.clock.joined(flags.everyone(repeated)), ctes)

        soundness = key_check(repeated_keys, self.sources.of(self.entity), self.entity, self.dialect)
        # The check reads what makes tables plain, and what tells who exists, but no totals.
        sql = self.dialect.printed(with_ctes(query, ctes, copy=bool(plain or self.request.filters)))
        return Statement(
            self._comment(fingerprints or {}) + sql,
            self.request,
            form,
            self._shown_key(),
            self.sources.uses(),
            (*checks(self.sources, self.clock, self.dialect, self.entity, self.others), soundness),
            self.lists.tables,
        )

    def account(self, form: Form) -> Account:
        """Return how the statement is made, which then cannot be made any more."""
        self._query(form, self._flags(self._own(), self.clock))
        asked = [*self.others.passes(), *(each for totals in self.totals for each in totals.passes())]
        ctes = [(name, self.clock.joined(cte)) for name, cte in self.ctes]
        ctes = [*self.clock.ctes(), *self.sources.ctes(), *ctes]
        by_part = users(self.request)
        names = [*self.request.asked, *(each.name for each in self.request.values)]
        scans = [
            Scan(
                each.name,
                self.sources.table_of(each.source),
                each.made,
                users_of(each.made, by_part, names),
                self._written(each.query, ctes),
            )
            for each in asked
        ]
        return Account(self.request, self.entity.table, tuple(scans))

    def _written(self, query: exp.Select, ctes: Sequence[tuple[str, exp.Expr]]) -> Callable[[], str]:
        return lambda: self.dialect.printed(with_ctes(self.clock.joined(query.copy()), ctes))

    def _query(self, form: Form, flags: Flags) -> exp.Select:
        made = {Form.MEMBERS: self._members, Form.COUNTS: self._counts, Form.VALUES: self._values}
        return made[form](flags)

    def _own(self) -> plan.Request:
        """Return the request without the segments that only others are asked about."""
        if len(self.request.segments) == len(self.request.asked):
            return self.request
        values = [each.expr for each in self.request.values]
        return replace(self.request, segments=self._used(self.request.asked, values))

    def _used(self, names: Sequence[str], conditions: Sequence[plan.Expr]) -> tuple[plan.Segment, ...]:
        """Return segments, and those that they and conditions use of the same members at the same instant."""
        used = set(names)
        pending = [*conditions, *(self.request.segment(name).condition for name in names)]
        while pending:
            for each in walk(pending.pop()):
                if isinstance(each, plan.InSegment) and each.is_own and each.name not in used:
                    used.add(each.name)
                    pending.append(self.request.segment(each.name).condition)
        return tuple(each for each in self.request.segments if each.name in used)

    def _flags(self, request: plan.Request, clock: Now) -> Flags:
        """Return the flags of a request at an instant, with the aggregates that its conditions need."""
        entity = self.sources.catalog.entities[request.entity]
        totals = Totals(entity, self.sources, clock, self.dialect, self.lists, self.names, self.others, self.ctes)
        self.totals.append(totals)
        are_many = len(request.asked) > 1 and not request.values
        totals.make(made_before(request, clock, self.dialect), are_many=are_many)
        frame = Frame(entity, 0, entity, self.sources, totals, self.others)
        return Flags(request, frame, clock, self.dialect, self.lists, self.names, self.ctes)

    def _keys(self, name: str, clock: Now) -> exp.Select:
        """Return a `select` of the keys of the members of a segment, of whatever entity."""
        entity = self.request.segment(name).entity
        request = replace(self.request, entity=entity, asked=(name,), segments=self._used([name], []), values=())
        return self._flags(request, clock).only(name, lambda key: [key])

    def _members(self, flags: Flags) -> exp.Select:
        asked = self.request.asked
        if len(asked) == 1:
            return flags.only(asked[0], lambda key: [flags.shown(key)], self._by_key)
        flags.all_in_columns()
        key = self._shown_key()
        place_of = Names([key, "segment"]).new("place")
        if not self.dialect.keeps_ctes:
            return self._in_one_reading(flags, key, place_of)
        parts: list[exp.Query] = [
            flags.chosen(name).select(
                named(number(place), place_of),
                named(text(name), "segment"),
                flags.shown(column(self.entity.key), key),
                copy=False,
            )
            for place, name in enumerate(asked)
        ]
        union = exp.union(*parts, distinct=False, copy=False)
        answers = exp.Subquery(this=union, alias=exp.TableAlias(this=identifier(self.names.new("answers"))))
        return (
            exp.select(column("segment"), column(key))
            .from_(answers)
            .order_by(column(place_of), self._by_key(column(key)))
        )

    def _in_one_reading(self, flags: Flags, key: str, place_of: str) -> exp.Select:
        """Return the members of all segments, each member beside the segments that they are in."""
        asked = self.request.asked
        alias = self.names.new("segments")
        rows = [
            exp.select(named(number(place), place_of), named(text(name), "segment")) for place, name in enumerate(asked)
        ]
        union = exp.union(*rows, distinct=False, copy=False)
        segments = exp.Subquery(this=union, alias=exp.TableAlias(this=identifier(alias)))
        flag_of = [column(flags.column(name).name, flags.table) for name in asked]
        is_in = exp.Case(
            this=column(place_of, alias),
            ifs=[exp.If(this=number(place), true=flag) for place, flag in enumerate(flag_of)],
        )
        shown = column(self.entity.key, flags.table)
        query = flags.rows(column("segment", alias), flags.shown(shown, key))
        query = query.join(segments, join_type="cross", copy=False).where(is_in, copy=False)
        return query.order_by(column(place_of, alias), self._by_key(column(key)), copy=False)

    def _values(self, flags: Flags) -> exp.Select:
        names = Names([self.entity.key])
        named_as = [(each.expr, names.new(each.column)) for each in self.request.values]
        key = column(self.entity.key)
        if not all(_may_be_missing(each) for each, _ in named_as):
            return flags.values(named_as, self._by_key)
        query = flags.values(named_as, None)
        # Nobody is told of who gets nothing.
        given = exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(self.names.new("given"))))
        is_known = any_of([known(column(each)) for _, each in named_as])
        query = exp.select(key, *(column(each) for _, each in named_as)).from_(given).where(is_known)
        return query.order_by(self._by_key(key.copy()))

    def _by_key(self, key: exp.Column) -> exp.Expr:
        """Return what puts keys in order."""
        return self.dialect.sortable(key, self.entity.key_type)

    def _shown_key(self) -> str:
        """Return the name of the key in the result; beside `segment` it cannot have that name too."""
        is_taken = len(self.request.asked) > 1 and self.entity.key.casefold() == "segment"
        return "key" if is_taken else self.entity.key

    def _counts(self, flags: Flags) -> exp.Select:
        asked, names = self.request.asked, Names()
        if len(asked) == 1:
            return flags.only(asked[0], lambda _: [named(exp.Count(this=exp.Star()), names.new(asked[0]))])

        def counted(conditions: Sequence[exp.Expr]) -> list[exp.Expr]:
            pairs = zip(asked, conditions, strict=True)
            return [named(self.dialect.count_where(each), names.new(name)) for name, each in pairs]

        return flags.all_at_once(asked, counted)

    def _comment(self, fingerprints: Mapping[str, str]) -> str:
        asked = [*self.request.asked, *(each.name for each in self.request.values)]
        shown = ", ".join(asked[:20]) + (f" and {len(asked) - 20} more" if len(asked) > 20 else "")
        # A name in backticks may hold anything; a comment ends with its line.
        told = "".join(letter if letter.isprintable() else "?" for letter in shown)
        kind = "value" if self.request.values else "segment"
        word = kind if len(asked) == 1 else f"{kind}s"
        marks = " ".join(fingerprints[each] for each in asked[:20] if each in fingerprints)
        marks = f", fingerprint{'' if len(asked) == 1 else 's'} {marks}" if marks else ""
        moment = self.made.as_of.isoformat().replace("+00:00", "Z")
        as_of = "at the engine's clock" if isinstance(self.clock, Live) else f"as of {moment}"
        return f"-- {word} {told}{marks}, {as_of}, by segql {VERSION}\n"


def _may_be_missing(value: plan.Expr) -> bool:
    return isinstance(value, plan.Choice) and value.otherwise is None


def _owners(catalog: Catalog) -> list[Entity | Stream | Many | One]:
    return [
        *catalog.entities.values(),
        *catalog.streams.values(),
        *catalog.manys.values(),
        *catalog.ones.values(),
    ]


def _table_names(catalog: Catalog) -> list[str]:
    """Return the names of all tables, which no CTE may hide."""
    return [part for each in _owners(catalog) if not each.table.is_file for part in each.table.parts]


def _names(catalog: Catalog, request: plan.Request) -> list[str]:
    """Return the names of all that users named, which the row of a moving clock stands beside."""
    found = [*_table_names(catalog), *(each.name for each in request.segments)]
    found += [each.column for each in request.values]
    for owner in _owners(catalog):
        found += [owner.name, *(each.column for each in owner.fields.values())]
        found += [getattr(owner, each) for each in ("key", "by", "at") if hasattr(owner, each)]
    return found
