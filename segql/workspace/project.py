"""The Python interface: a project, its segments, and a condition without a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segql.diagnostics import Diagnostic, SegqlError, Severity, nearest
from segql.source import Source
from segql.workspace import errors
from segql.workspace.clock import AsOf, checked_clock
from segql.workspace.config import Config, Weekday
from segql.workspace.root import Home, find_home
from segql.workspace.workspace import Options, Workspace

# Named in annotations only: opening a project loads no table library.
if TYPE_CHECKING:
    import pyarrow as pa

    from segql.analysis import Definition

_CONDITION = "condition"


def open(  # noqa: A001 (`segql.open` is its name)
    path: str | Path | None = None,
    *,
    params: Mapping[str, object] | None = None,
    connection: str = "default",
) -> Project:
    """Open the project in the folder `path`, else the one around the current folder.

    `params` are values of params by name, `connection` names where the data is. Only the settings
    are read now, the segments when they are first needed, and once.

    Raises:
        SegqlError: there is no such folder, or its settings are wrong.

    Example:
        project = segql.open("shop", params={"min_spend": 250})
    """
    home = find_home(Path(path) if path is not None else None)
    given = {name: _written(value) for name, value in (params or {}).items()}
    return Project(Workspace(home, Options(given, connection)))


def compile(  # noqa: A001, PLR0913 (`segql.compile` is its name; a project's settings stand here)
    condition: str,
    *,
    catalog: str,
    dialect: str = "duckdb",
    as_of: AsOf = None,
    live_clock: bool = False,
    timezone: str = "UTC",
    week_starts: str = "monday",
    entity: str | None = None,
    params: Mapping[str, object] | None = None,
) -> str:
    """Return the SQL for one condition; `catalog` is text with the declarations that it needs.

    The statement gives one column, the key of the entity, a row for each member. With `live_clock` it asks at the
    moment at which it is run, else at `as_of`.

    Raises:
        SegqlError: the condition, the catalog or the settings are wrong.

    Example:
        segql.compile("age < 30", catalog="entity customer from customers key id ...")
    """
    from segql.compiler import condition_source  # noqa: PLC0415 (the facade stays cheap)

    given = {name: _written(value) for name, value in (params or {}).items()}
    texts = (Source.of("catalog", catalog), condition_source(_CONDITION, condition))
    config = _config(timezone, week_starts)
    workspace = Workspace(Home(Path.cwd(), config), Options(given, entity=entity, texts=texts))
    clock = workspace.clock_of_statement(as_of, is_live=live_clock)
    return workspace.statement([_CONDITION], clock, dialect, is_live=live_clock).sql


@dataclass(frozen=True, slots=True)
class Project:
    """A folder of segments; `project["vip"]` is one, and iterating gives their names.

    Example:
        segql.open("shop")["young_repeat_buyers"].count()
    """

    _workspace: Workspace

    def __repr__(self) -> str:
        return f"Project({str(self.root)!r})"

    @property
    def root(self) -> Path:
        """The project's folder, as an absolute path."""
        return self._workspace.root

    def check(self, *, live: bool = False) -> list[Diagnostic]:
        """Return everything that is wrong with the project, in order of files and lines.

        Only the project's own files are read: no engine, no network, no password. With `live` the whole catalog is
        compared with the database, too, if the files are sound.

        Raises:
            SegqlError: with `live`, the database cannot be reached or gave up.

        Example:
            segql.open("shop").check()
        """
        found = self._workspace.diagnostics()
        if live and not any(each.severity is Severity.ERROR for each in found):
            return [*found, *self._workspace.live_diagnostics()]
        return found

    def lint(
        self, *, select: str | Sequence[str] = (), ignore: str | Sequence[str] = (), since: str | None = None
    ) -> list[Diagnostic]:
        r"""Return what is legal and still deserves a second look, in order of files and lines.

        The settings are those of the project, as for `segql lint`: the rules, how grave they are, comments that
        silence, the baseline. `select` is a rule, or rules, to ask in the place of its own, `ignore` what to leave out
        besides: codes, names, groups, `default` or `all`. With `since`, a revision of git, only what changes since then
        bring is told. What is wrong is not among it, see `check`; of a project with errors only rules that need nothing
        but the text are asked.

        Raises:
            SegqlError: a file or the baseline cannot be read, a rule is unknown, or git does not know the revision.

        Example:
            >>> import tempfile
            >>> catalog = "entity customer from customers key id\n    age integer\n"
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     _ = Path(folder, "catalog.seg").write_text(catalog)
            ...     _ = Path(folder, "young.seg").write_text("age < 30 and age < 30")
            ...     found = open(folder).lint(select=["correctness"])
            >>> [(each.code, each.name, each.message) for each in found]
            [('L101', 'duplicate-condition', 'this condition stands here twice')]
        """
        from segql.workspace.linting import Linter  # noqa: PLC0415 (loads the compiler)

        linter = Linter.of(self._workspace, self._workspace.clock().today, _several(select), _several(ignore))
        found = linter.findings() if since is None else linter.since(since).findings
        return [each.diagnostic for each in found]

    def __getitem__(self, name: str) -> Segment:
        """Return a segment; raises `SegqlError` for an unknown name or a project with errors."""
        self._workspace.known([name])
        return Segment(self._workspace, name)

    def __contains__(self, name: object) -> bool:
        return name in self._workspace.analyzed.definitions

    def __iter__(self) -> Iterator[str]:
        return iter(self._workspace.analyzed.definitions)

    def __len__(self) -> int:
        return len(self._workspace.analyzed.definitions)

    def sql(
        self, names: Sequence[str], *, dialect: str = "duckdb", as_of: AsOf = None, live_clock: bool = False
    ) -> str:
        """Return the one statement that answers for segments of one entity.

        Several give rows of `segment` and the key, one the key alone. With `live_clock` the statement asks at the
        moment at which it is run, by the engine's own clock: for views and models that move with the day.

        Raises:
            SegqlError: the project has errors, a name is unknown, the dialect cannot say it, or there are two clocks.

        Example:
            project.sql(["vip"], dialect="duckdb", as_of="2026-01-01")
        """
        clock = self._workspace.clock_of_statement(as_of, is_live=live_clock)
        return self._workspace.statement(names, clock, dialect, is_live=live_clock).sql

    def run(self, names: Sequence[str], *, as_of: AsOf = None) -> pa.Table:
        """Return the members of segments of one entity, found in one pass over the data.

        The table has the columns `segment` and the entity's key, in the order of the names and,
        within each, of the keys.

        Raises:
            SegqlError: as for `sql`; or the engine failed, or its data is not as the catalog says.

        Example:
            project.run(["vip", "churned"], as_of="2026-01-01").num_rows
        """
        names = self._workspace.known(names)
        table = _members(self._workspace, names, as_of)
        if len(names) > 1:
            return table
        # One name or many, the shape is the same. The engine has loaded this already.
        import pyarrow as pa  # noqa: PLC0415

        return table.add_column(0, "segment", pa.array(names * table.num_rows, pa.string()))

    def values(self, names: Sequence[str], *, as_of: AsOf = None) -> pa.Table:
        """Return what each member gets by scores, tier lists and splits of one entity.

        The table has the entity's key and `score`, `tier` or `arm`, of several a column for each name, in the order
        of the keys; who gets nothing, as in a split of a segment, is left out.

        Raises:
            SegqlError: as for `run`.

        Example:
            project.values(["value_tier", "lead_score"]).column("lead_score")
        """
        if not names or not self._workspace.are_values(names):
            outcomes = self._workspace.analyzed.outcomes
            wrong = names[0] if names else ""
            raise SegqlError([errors.unknown_selector(wrong, "name", nearest(wrong, outcomes), list(outcomes))])
        with self._workspace.runner() as runner:
            return runner.values(list(dict.fromkeys(names)), self._workspace.clock(as_of)).read_all()

    def count(self, names: Sequence[str], *, as_of: AsOf = None) -> dict[str, int]:
        """Return how many members each of these segments has, in the order of the names.

        Segments of several entities can be counted together, in one pass for each entity.

        Raises:
            SegqlError: as for `run`.

        Example:
            project.count(["vip", "churned"])
        """
        names = self._workspace.known(names)
        found = self._workspace.counts(names, self._workspace.clock(as_of))
        failures = [failure for each in found for failure in each.failures]
        if failures:
            raise SegqlError(failures)
        together = {name: count for each in found for name, count in each.counts.items()}
        return {name: together[name] for name in names}


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a project.

    Example:
        segql.open("shop")["young_repeat_buyers"].description
    """

    _workspace: Workspace
    name: str

    def __repr__(self) -> str:
        return f"Segment({self.name!r})"

    @property
    def entity(self) -> str:
        """The name of the entity whose members it holds."""
        return self._definition.entity

    @property
    def description(self) -> str:
        """What it says about itself, or the empty text."""
        return self._definition.description

    @property
    def owner(self) -> str | None:
        """Who answers for it, if it says so."""
        return self._definition.owner

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags, in the order written."""
        return self._definition.tags

    def sql(self, *, dialect: str = "duckdb", as_of: AsOf = None, live_clock: bool = False) -> str:
        """Return the statement that gives its members: one column, the key.

        With `live_clock` it asks at the moment at which it is run, else at `as_of`.

        Raises:
            SegqlError: the dialect cannot say it, or there are two clocks.

        Example:
            project["vip"].sql(dialect="duckdb", as_of="2026-01-01")
        """
        return Project(self._workspace).sql([self.name], dialect=dialect, as_of=as_of, live_clock=live_clock)

    def count(self, as_of: AsOf = None) -> int:
        """Return how many members it has at `as_of`.

        Raises:
            SegqlError: the data is not what the catalog says, or the engine failed.

        Example:
            project["vip"].count(as_of="2026-01-01")
        """
        return Project(self._workspace).count([self.name], as_of=as_of)[self.name]

    def members(self, as_of: AsOf = None) -> pa.Table:
        """Return its members at `as_of`: a table of one column, the key, in the order of the key.

        Raises:
            SegqlError: the data is not what the catalog says, or the engine failed.

        Example:
            project["vip"].members(as_of="2026-01-01").num_rows
        """
        return _members(self._workspace, [self.name], as_of)

    @property
    def _definition(self) -> Definition:
        return self._workspace.analyzed.definitions[self.name]


def _members(workspace: Workspace, names: Sequence[str], as_of: AsOf) -> pa.Table:
    workspace.one_entity(names)
    with workspace.runner() as runner:
        members = runner.members(names, workspace.clock(as_of))
        table = members.reader.read_all()
    if members.failures:
        raise SegqlError(members.failures)
    return table


def _config(timezone: str, week_starts: str) -> Config:
    if week_starts not in set(Weekday):
        needed, near = "a day of the week, like `monday`", nearest(week_starts, list(Weekday))
        raise SegqlError([errors.wrong_setting(None, "week_starts", f"`{week_starts}`", needed, near)])
    # There is no folder, so no file belongs to it.
    config = Config(timezone, week_starts=Weekday(week_starts), include=())
    if problems := list(checked_clock(config)):
        raise SegqlError(problems)
    return config


def _several(given: str | Sequence[str]) -> Sequence[str]:
    """Return one text as a list: as a sequence it would be one of letters."""
    return [given] if isinstance(given, str) else given


def _written(value: object) -> str:
    """Write a param's value as it would be given on the command line."""
    match value:
        case bool():
            return str(value).lower()
        case _ if hasattr(value, "isoformat"):
            return str(value.isoformat())
        case _:
            return str(value)
