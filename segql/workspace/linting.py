"""The linter at work on a project: its settings, its files, its baseline, another revision of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segql import compiler
from segql.diagnostics import Diagnostic, SegqlError
from segql.lint import Finding, Rule, Selection, Settings, baseline, errors, lint, selected
from segql.lint.meant import absent
from segql.lint.selection import Way
from segql.lint.states import State
from segql.source import Source, Span
from segql.syntax import Parsed, ast, parse
from segql.workspace.config import Config
from segql.workspace.files import Patterns
from segql.workspace.root import Home
from segql.workspace.workspace import Workspace

# A check fixes nothing, and loads no optimizer.
if TYPE_CHECKING:
    from segql.analysis import Analyzed
    from segql.fingerprint import Fingerprints
    from segql.lint.fixing import Fixed
    from segql.workspace.revisions import Past


@dataclass(frozen=True, slots=True)
class Since:
    """The findings that changes bring; `problem` says why only texts could be compared, empty where meanings were."""

    findings: list[Finding]
    problem: str


@dataclass(frozen=True, slots=True)
class Linter:
    """The linter with the settings of a project; `today` is the day on which snoozes are judged.

    Example:
        Linter.of(workspace, today).findings()
    """

    workspace: Workspace
    selection: Selection
    today: dt.date

    @classmethod
    def of(cls, workspace: Workspace, today: dt.date, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Linter:
        """Take the settings of a project; `select` stands in the place of its own, `ignore` is added to its own.

        Raises:
            SegqlError: a rule or a setting of one is not known.
        """
        config = workspace.home.config.lint
        settings = Settings(
            tuple(select) or config.select, (*config.ignore, *ignore), config.severity, config.rules, config.exempt
        )
        selection, problems = selected(settings, _Said(workspace.home, frozenset(select), frozenset(ignore)))
        if problems:
            raise SegqlError(problems)
        return cls(workspace, selection, today)

    def findings(self, *, with_known: bool = False) -> list[Finding]:
        """Return what the rules find; what the baseline knows only if `with_known`.

        Raises:
            SegqlError: a file, or the baseline, cannot be read.
        """
        found = self._found(self._state(), self._paths)
        return found if with_known else self._unknown(found)

    def since(self, revision: str) -> Since:
        """Return the findings that the changes since a revision of git bring, but for what the baseline knows.

        Raises:
            SegqlError: git does not know the revision; or as for `findings`.
        """
        from segql.lint.since import Side, brought  # noqa: PLC0415 (a check compares nothing)
        from segql.workspace.revisions import past  # noqa: PLC0415 (see above)

        was = past(revision, self.workspace.home, self.workspace.options.also)
        before, after = self._then(was), self._state()
        after = replace(after, findings=tuple(self._found(after, self._paths)))
        problem = was.problem
        if not (problem or before.analyzed.is_sound):
            problem = "the project had errors then"
        if not (problem or after.analyzed.is_sound):
            problem = "the project has errors"
        known = not problem
        found = brought(
            Side(before, _fingerprints(before, was.config) if known else None),
            Side(after, _fingerprints(after, self.workspace.home.config) if known else None),
        )
        unknown = {id(each) for each in self._unknown(after.findings)}
        return Since([each for each in found if id(each) in unknown], problem)

    def _unknown(self, found: Sequence[Finding]) -> list[Finding]:
        """Return the findings that the baseline does not know."""
        path = self.baseline_path
        if path is None or not path.exists():
            return list(found)
        try:
            known = baseline.read(path.read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            raise SegqlError([errors.broken_baseline(path.name, str(error))]) from None
        declared = (each.name.text for one in self.workspace.parsed for each in one.module.declarations)
        return baseline.new(found, known, frozenset(declared))

    def settings_diagnostics(self) -> list[Diagnostic]:
        """Return what is wrong with settings that name fields, tags, owners or files that the project does not have."""
        analyzed = self.workspace.analyzed
        catalog = analyzed.catalog if analyzed.is_sound else None
        said = _Said(self.workspace.home, frozenset(), frozenset())
        return [
            *absent(self.selection, self.workspace.parsed, catalog, said.value),
            *(
                errors.idle_setting(said.key(("exempt", where)), where, ())
                for where in self.selection.exempt
                if not where.startswith(("tag:", "owner:"))
                and not any(map(Patterns.of([where], []).takes, self._paths.values()))
            ),
        ]

    @property
    def left_out(self) -> Sequence[Rule]:
        """The rules that are not asked, since they need to know what names mean and the project has errors."""
        return [] if self.workspace.analyzed.is_sound else [each for each in self.selection.rules if each.needs_catalog]

    @property
    def baseline_path(self) -> Path | None:
        """The file of known findings, or None where the settings name none."""
        name = self.workspace.home.config.lint.baseline
        return self.workspace.root / name if name else None

    def fixed(self, findings: Sequence[Finding], *, unsafe: bool) -> Fixed:
        """Apply the fixes of these findings, and of what they lay open in the same declarations, in memory."""
        from segql.lint.fixing import Fixed, fix  # noqa: PLC0415 (see above)

        state = self._state()
        if not state.analyzed.is_sound:
            return Fixed(state)
        names = {_name(each) for each in findings}
        asked = {(each.rule.code, _name(each)) for each in findings}
        left = {(each.rule.code, _name(each)) for each in self.findings(with_known=True)} - asked

        def read(sources: Sequence[Source]) -> State:
            before = {one.source.name: one for one in state.parsed}
            made = tuple(before[each.name] if each is before[each.name].source else parse(each) for each in sources)
            return found_in(State(made, self._checked(made, self.workspace.home.config), ()))

        def found_in(bare: State) -> State:
            seen = self._found(bare, self._paths)
            # What a fix lays open is fixed, too; what was left out before stays left out.
            meant = (each for each in seen if _name(each) in names and (each.rule.code, _name(each)) not in left)
            return replace(bare, findings=tuple(meant))

        return fix(found_in(state), read, unsafe=unsafe)

    def _state(self) -> State:
        return State(self.workspace.parsed, self.workspace.analyzed, ())

    def _then(self, was: Past) -> State:
        """Return the project as it was, with what this linter finds in it: new settings of rules are no change."""
        paths = {each.name: path for path, each in was.sources.items()}
        known = {one.source: one for one in self.workspace.parsed}
        parsed = tuple(known.get(each) or parse(each) for each in was.sources.values())
        bare = State(parsed, self._checked(parsed, was.config), ())
        return replace(bare, findings=tuple(self._found(bare, paths)))

    def _found(self, state: State, paths: Mapping[str, str]) -> list[Finding]:
        """Return what the rules find; `paths` are those of the files below the project, by their names."""
        analyzed = state.analyzed if state.analyzed.is_sound else None
        return self._apart(lint(state.parsed, analyzed, self.selection, self.today), paths)

    @property
    def _paths(self) -> dict[str, str]:
        root = self.workspace.root
        files = self.workspace.files.items()
        return {name: path.relative_to(root).as_posix() for name, path in files if path.is_relative_to(root)}

    def _checked(self, parsed: Sequence[Parsed], config: Config) -> Analyzed:
        options = self.workspace.options
        declared = {each.name.text for one in parsed for each in one.module.declarations if isinstance(each, ast.Param)}
        # What is given now for a param that there was not yet is no mistake of then.
        given = {name: value for name, value in options.params.items() if name in declared}
        settings = compiler.Settings(config.timezone, config.week_starts.number, given, options.entity)
        by_name = {each.source.name: each for each in parsed}
        sources = [each.source for each in by_name.values()]
        return compiler.check(sources, settings, read=lambda source: by_name[source.name])

    def _apart(self, findings: Sequence[Finding], paths: Mapping[str, str]) -> list[Finding]:
        """Return the findings without those that the settings exempt by the file that they are in."""
        patterns = {
            Patterns.of([where], []): codes
            for where, codes in self.selection.exempt.items()
            if not where.startswith(("tag:", "owner:"))
        }
        if not patterns:
            return list(findings)

        def is_exempt(finding: Finding) -> bool:
            span = finding.diagnostic.span
            path = paths.get(span.source.name, "") if span else ""
            return any(finding.rule.code in codes and each.takes(path) for each, codes in patterns.items())

        return [each for each in findings if not is_exempt(each)]


@dataclass(frozen=True, slots=True)
class _Said:
    """Where the settings of the linter stand; what was asked for stands nowhere."""

    home: Home
    select: frozenset[str]
    ignore: frozenset[str]

    def key(self, path: Way, /) -> Span | None:
        return self.home.text.key(("lint", *path)) if self.home.text else None

    def value(self, path: Way, /) -> Span | None:
        return self.home.text.value(("lint", *path)) if self.home.text else None

    def item(self, path: Way, text: str, /) -> Span | None:
        said = self.home.config.lint
        is_asked = (path == ("select",) and bool(self.select)) or (
            path == ("ignore",) and text in self.ignore and text not in said.ignore
        )
        return None if is_asked or self.home.text is None else self.home.text.item(("lint", *path), text)


def _fingerprints(state: State, config: Config) -> Fingerprints:
    from segql.fingerprint import Fingerprints  # noqa: PLC0415 (loads the optimizer)

    return Fingerprints(state.analyzed, config.timezone, config.week_starts.number)


def _name(finding: Finding) -> str:
    return finding.declaration.name.text if finding.declaration else ""
