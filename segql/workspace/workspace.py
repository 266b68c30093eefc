"""The files of a project, read once, and every stage that can be reached from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from segql.diagnostics import Diagnostic, SegqlError, Severity, nearest
from segql.source import Source
from segql.workspace import errors
from segql.workspace.clock import AsOf, clock_at, moving_clock
from segql.workspace.config import Owners
from segql.workspace.confine import outsiders
from segql.workspace.connections import allowed_folders
from segql.workspace.files import Patterns, find_files, read_source, shown_path, source_of
from segql.workspace.root import Home

# Named in annotations only: a check loads no SQL writer and no engine, and finding a project not
# even the compiler.
if TYPE_CHECKING:
    from segql.analysis import Analyzed, Definition
    from segql.compiler import Settings
    from segql.fingerprint import Fingerprints
    from segql.plan import Clock
    from segql.run.result import Counts
    from segql.run.runner import Runner
    from segql.sql import Statement
    from segql.syntax import Parsed
    from segql.workspace.lists import ListKeys


@dataclass(frozen=True, slots=True)
class Options:
    """What is given from outside, beside the project's own settings.

    `params` are values of params as text; `connection` names where the data is; `entity` is that of
    bare conditions; `also` are files and folders to read besides the project's own, `texts` the
    same for what was typed. `buffer` is a file and what stands for it, saved or not, as an editor
    has it open. `keeps_parsed`: files that are as they were are not parsed again.
    """

    params: Mapping[str, str] = field(default_factory=dict)
    connection: str = "default"
    entity: str | None = None
    also: tuple[Path, ...] = ()
    texts: tuple[Source, ...] = ()
    buffer: tuple[Path, bytes] | None = None
    keeps_parsed: bool = False


class Workspace:
    """A project at work. Files are read when they are first needed, and once.

    Example:
        Workspace(find_home(Path("shop"))).diagnostics()
    """

    def __init__(self, home: Home, options: Options | None = None) -> None:
        self.home = home
        self.options = options or Options()

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.home.root

    def diagnostics(self) -> list[Diagnostic]:
        """Return everything that is wrong with the project, in order of files and lines.

        Raises:
            SegqlError: the settings of the connection are wrong.
        """
        return list(self._diagnostics)

    @cached_property
    def _diagnostics(self) -> list[Diagnostic]:
        if self._unreadable:
            # What a missing file declares would be unknown in all others: one mistake, one message.
            return self._unreadable
        catalog = self.analyzed.catalog
        folders = allowed_folders(self.home, self.options.connection)
        found = [*self.analyzed.diagnostics, *outsiders(catalog, self.root, folders)]
        if catalog.lists:
            from segql.workspace.lists import list_problems  # noqa: PLC0415 (few projects have any)

            for each in catalog.lists.values():
                found += list_problems(each, self.root, folders)
        if self.home.config.owners != Owners():
            from segql.workspace.owners import owner_problems  # noqa: PLC0415 (few projects have a list of them)

            found += owner_problems(self.home, self.analyzed.definitions, self.files)
        return sorted(found, key=_by_place)

    @cached_property
    def analyzed(self) -> Analyzed:
        """What the files say together.

        Raises:
            SegqlError: a file cannot be read.
        """
        from segql import compiler  # noqa: PLC0415 (finding a project needs none)

        if self._unreadable:
            raise SegqlError(self._unreadable)
        parsed = {each.source.name: each for each in self.parsed}
        sources = [*self.sources, *self.options.texts]
        return compiler.check(sources, self.settings, read=lambda source: parsed[source.name])

    @cached_property
    def parsed(self) -> tuple[Parsed, ...]:
        """What each file says, in the order of their paths; then what was typed.

        Raises:
            SegqlError: a file cannot be read.
        """
        from segql.syntax import parse  # noqa: PLC0415 (finding a project needs none)

        if self._unreadable:
            raise SegqlError(self._unreadable)
        sources = [*self.sources, *self.options.texts]
        if not self.options.keeps_parsed:
            return tuple(parse(each) for each in sources)
        from segql.workspace.kept import Kept  # noqa: PLC0415 (Python's own project keeps nothing)

        kept = Kept(self.root, self.files)
        found = tuple(kept.read(each) for each in sources)
        kept.save()
        return found

    @property
    def settings(self) -> Settings:
        """How the project's files are read."""
        from segql import compiler  # noqa: PLC0415 (finding a project needs none)

        config, options = self.home.config, self.options
        return compiler.Settings(config.timezone, config.week_starts.number, options.params, options.entity)

    @property
    def fingerprints(self) -> Fingerprints:
        """The fingerprints of all that the files declare.

        Raises:
            SegqlError: a file cannot be read.
        """
        from segql.fingerprint import Fingerprints  # noqa: PLC0415 (loads the optimizer)

        settings = self.settings
        return Fingerprints(self.analyzed, settings.timezone, settings.week_starts)

    @property
    def can_be_read(self) -> bool:
        """Whether all files are there and are text."""
        return not self._unreadable

    @cached_property
    def files(self) -> Mapping[str, Path]:
        """The project's files, by the names that messages give them, in the order of their paths.

        Raises:
            SegqlError: a folder cannot be read, so that nobody knows which they are.
        """
        if self._found[1]:
            raise SegqlError(self._unreadable)
        return self._named

    @property
    def sources(self) -> list[Source]:
        """The texts of the project's files, in the order of their paths."""
        return [each for each in self._read.values() if isinstance(each, Source)]

    def sound(self) -> Analyzed:
        """Return what the files say, if nothing in them is an error.

        Raises:
            SegqlError: something is.
        """
        wrong = [each for each in self.diagnostics() if each.severity is Severity.ERROR]
        if wrong:
            raise SegqlError(wrong)
        return self.analyzed

    def known(self, names: Sequence[str]) -> list[str]:
        """Return the names of segments, each once, if all are known and nothing is wrong.

        Raises:
            SegqlError: a name is unknown, or the project has errors.
        """
        definitions, outcomes = self.sound().definitions, self.analyzed.outcomes
        values = [errors.value_as_segment(each, outcomes[each].segments) for each in names if each in outcomes]
        if values:
            raise SegqlError(values)
        unknown = [
            errors.unknown_selector(each, "name", nearest(each, definitions), list(definitions))
            for each in names
            if each not in definitions
        ]
        if unknown or not names:
            raise SegqlError(unknown or [errors.nothing_selected()])
        return list(dict.fromkeys(names))

    def clock(self, as_of: AsOf = None) -> Clock:
        """Return the clock for `as_of`, else for the project's instant, else for this moment."""
        return clock_at(as_of, self.home.config)

    def clock_of_statement(self, as_of: AsOf, *, is_live: bool) -> Clock:
        """Return the clock for a statement: of a live one, which asks at the engine's clock, that of this moment.

        Raises:
            SegqlError: it is no instant, or there is one for a live statement.
        """
        return moving_clock(as_of, self.home.config) if is_live else self.clock(as_of)

    def statement(self, names: Sequence[str], clock: Clock, dialect: str, *, is_live: bool = False) -> Statement:
        """Compile segments of one entity to one statement; if `is_live`, it asks at the engine's own clock.

        Raises:
            SegqlError: something is wrong, or the dialect cannot say it.
        """
        from segql import compiler  # noqa: PLC0415 (finding a project needs none)

        form = "values" if self.are_values(names) else "members"
        if form == "members":
            names = self.known(names)
            self.one_entity(names)
        return compiler.compile(
            self.analyzed,
            names,
            clock,
            dialect=dialect,
            form=form,
            lists=self._lists,
            is_live=is_live,
            fingerprints=self.fingerprints.of,
        )

    def are_values(self, names: Sequence[str]) -> bool:
        """Say whether these are scores, tier lists and splits of one entity, and no segments.

        Raises:
            SegqlError: they are both, or of several entities; or the project has errors.
        """
        outcomes = self.sound().outcomes
        found = [each for each in names if each in outcomes]
        other = next((each for each in names if each not in outcomes), None)
        if not found:
            return False
        if other is not None:
            raise SegqlError([errors.values_and_members(found[0], other)])
        entities = {outcomes[name].entity: name for name in reversed(found)}
        if len(entities) > 1:
            raise SegqlError([errors.several_entities([(name, entity) for entity, name in entities.items()][::-1])])
        return True

    def members_of(self, names: Sequence[str]) -> list[str]:
        """Return names with tier lists and splits replaced by their tiers and arms, which are segments.

        Raises:
            SegqlError: one is a score; or the project has errors.
        """
        outcomes = self.sound().outcomes
        scores = [each for each in names if each in outcomes and not outcomes[each].segments]
        if scores:
            raise SegqlError([errors.score_without_members(each) for each in scores])
        return [part for each in names for part in (outcomes[each].segments if each in outcomes else (each,))]

    def explanation(self, names: Sequence[str], clock: Clock, dialect: str) -> str:
        """Return the plan of segments of one entity as text, before and after each pass, what they share and cost.

        Raises:
            SegqlError: something is wrong.
        """
        from segql import compiler  # noqa: PLC0415 (finding a project needs none)

        form = "values" if self.are_values(names) else "members"
        if form == "members":
            names = self.known(names)
            self.one_entity(names)
        plans = compiler.explain(self.analyzed, names)
        work = compiler.explain_work(self.analyzed, names, clock, dialect=dialect, form=form, lists=self._lists)
        return f"{plans}\n\n{work}"

    def one_entity(self, names: Sequence[str]) -> None:
        """Make sure that segments are of one entity, so that their members have one kind of key.

        Raises:
            SegqlError: they are not.
        """
        entities = {self.analyzed.definitions[name].entity: name for name in reversed(names)}
        if len(entities) > 1:
            found = [(name, entity) for entity, name in entities.items()]
            raise SegqlError([errors.several_entities(found[::-1])])

    @contextmanager
    def runner(self) -> Iterator[Runner]:
        """Open the project's connection until the end of the `with`.

        Raises:
            SegqlError: something is wrong, or the engine cannot be reached.
        """
        from segql.run.runner import Runner  # noqa: PLC0415 (loads the SQL writer)
        from segql.workspace.engine import opened  # noqa: PLC0415 (loads an engine)

        analyzed = self.sound()
        backend = opened(self.home, self.options.connection)
        try:
            yield Runner(analyzed, self._lists, self.root, backend)
        finally:
            backend.close()

    def live_diagnostics(self) -> list[Diagnostic]:
        """Return where the project's database is not as the catalog says, in order of files and lines.

        Raises:
            SegqlError: the files have errors, the engine cannot be reached, or it gave up.
        """
        from segql.run.backends import EngineError  # noqa: PLC0415 (loads the table library)
        from segql.run.errors import engine_failed  # noqa: PLC0415 (see above)
        from segql.run.live import Live  # noqa: PLC0415 (loads the SQL writer)
        from segql.workspace.engine import opened  # noqa: PLC0415 (loads an engine)

        analyzed = self.sound()
        backend = opened(self.home, self.options.connection)
        is_now = self.home.config.as_of is None
        try:
            found = Live(analyzed, self._lists, self.root, backend, is_now).problems(self.clock())
        except EngineError as error:
            raise SegqlError([engine_failed(None, "whether the catalog fits", str(error))]) from None
        finally:
            backend.close()
        return sorted(found, key=_by_place)

    def counts(self, names: Sequence[str], clock: Clock, *, with_sizes: bool = False) -> list[Counts]:
        """Count segments, one pass for each entity, in the order asked; with sizes, also all members of the entities.

        What the engine could not answer stands in the `failures` of its entity.

        Raises:
            SegqlError: something is wrong, or nothing could be answered.
        """
        together: dict[str, list[str]] = {}
        for name in self.known(names):
            together.setdefault(self.analyzed.definitions[name].entity, []).append(name)
        with self.runner() as runner:
            found = [runner.counts(each, clock, with_size=with_sizes) for each in together.values()]
        if not any(each.counts for each in found):
            raise SegqlError([failure for each in found for failure in each.failures])
        return found

    def file_of(self, definition: Definition) -> Path | None:
        """Return the file that holds a segment, or None where it was typed."""
        return self.files.get(definition.span.source.name)

    @cached_property
    def _lists(self) -> ListKeys:
        from segql.workspace.lists import ListKeys  # noqa: PLC0415 (see above)

        folders = allowed_folders(self.home, self.options.connection)
        return ListKeys(self.analyzed.catalog.lists, self.root, folders)

    @cached_property
    def _found(self) -> tuple[list[Path], list[Diagnostic]]:
        config = self.home.config
        patterns = Patterns.of(config.include, config.exclude)
        files, problems = find_files(self.root, self.root, patterns)
        for each in self.options.also:
            more, failed = _also(each, self.root)
            files += more
            problems += failed
        return list(dict.fromkeys(files)), problems

    @cached_property
    def _read(self) -> dict[str, Source | Diagnostic]:
        buffer = self.options.buffer
        found = {name: read_source(path, name) for name, path in self._named.items() if name != self.buffer}
        if buffer is None or self.buffer is None:
            return found
        found[self.buffer] = source_of(self.buffer, buffer[1])
        return {name: found[name] for name in self._named}

    @cached_property
    def buffer(self) -> str | None:
        """The name of the file that is given as a text, None where there is none."""
        if self.options.buffer is None:
            return None
        path = self.options.buffer[0]
        # It may be named by way of a link, and may not be there yet.
        same = (each for each in self._found[0] if each == path or each.resolve() == path.resolve())
        return shown_path(next(same, path), self.root)

    @cached_property
    def _named(self) -> dict[str, Path]:
        files = {shown_path(each, self.root): each for each in self._found[0]}
        if self.options.buffer is not None and self.buffer is not None:
            files.setdefault(self.buffer, self.options.buffer[0])
        return files

    @cached_property
    def _unreadable(self) -> list[Diagnostic]:
        failed = [each for each in self._read.values() if isinstance(each, Diagnostic)]
        return [*self._found[1], *failed]


def _also(path: Path, root: Path) -> tuple[list[Path], list[Diagnostic]]:
    """Return the files that a path from outside stands for: itself, or those below it."""
    if path.is_dir():
        base = root if path.is_relative_to(root) else path
        return find_files(base, path, Patterns.of(["**/*.seg"], []))
    return [path], []


def _by_place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    span = diagnostic.span
    return (span.source.name, span.start, span.end) if span else ("", 0, 0)
