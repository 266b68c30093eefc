"""The linter at work on a project: its settings, its files, its baseline, another revision of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segql import compiler
from segql.diagnostics import Diagnostic, SegqlError
from segql.lint import Finding, Rule, Selection, Settings, baseline, errors, lint, selected
from segql.lint.meant import absent
from segql.lint.states import State
from segql.source import Source, Span
from segql.syntax import Parsed, parse
from segql.workspace.files import Patterns
from segql.workspace.workspace import Workspace

# A check fixes nothing, and loads no optimizer.
if TYPE_CHECKING:
    from segql.lint.fixing import Fixed


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
        typed = {"select": select, "ignore": ignore}

        def place(path: tuple[str, ...]) -> Span | None:
            # What was typed has no place in the settings.
            return None if typed.get(path[0]) else _place(workspace, path)

        selection, problems = selected(settings, place)
        if problems:
            raise SegqlError(problems)
        return cls(workspace, selection, today)

    def findings(self, *, with_known: bool = False) -> list[Finding]:
        """Return what the rules find; what the baseline knows only if `with_known`.

        Raises:
            SegqlError: a file, or the baseline, cannot be read.
        """
        found = self._apart(self._asked(self._state()))
        path = self.baseline_path
        if with_known or path is None or not path.exists():
            return found
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
        return [
            *absent(self.selection, self.workspace.parsed, catalog, lambda path: _place(self.workspace, path)),
            *(
                errors.idle_setting(_place(self.workspace, ("exempt", where)), where, ())
                for where in self.selection.exempt
                if not where.startswith(("tag:", "owner:"))
                and not any(map(Patterns.of([where], []).takes, self._below().values()))
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

    def since(self, findings: Iterable[Finding], revision: str) -> list[Finding]:
        """Return the findings in declarations that are new or changed since a revision, or use what is.

        Raises:
            SegqlError: git does not know the revision.
        """
        from segql.lint.changes import changed  # noqa: PLC0415 (a check compares nothing)
        from segql.workspace.revisions import sources_at  # noqa: PLC0415 (see above)

        old = [parse(each) for each in sources_at(revision, self.workspace.root, self.workspace.home.config)]
        names = changed(old, self.workspace.parsed)
        return [each for each in findings if each.names & names]

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
            return found_in(State(made, self._checked(made), ()))

        def found_in(bare: State) -> State:
            seen = self._apart(self._asked(bare))
            # What a fix lays open is fixed, too; what was left out before stays left out.
            meant = (each for each in seen if _name(each) in names and (each.rule.code, _name(each)) not in left)
            return replace(bare, findings=tuple(meant))

        return fix(found_in(state), read, unsafe=unsafe)

    def _state(self) -> State:
        return State(self.workspace.parsed, self.workspace.analyzed, ())

    def _asked(self, state: State) -> list[Finding]:
        analyzed = state.analyzed if state.analyzed.is_sound else None
        return lint(state.parsed, analyzed, self.selection, self.today)

    def _checked(self, parsed: Sequence[Parsed]) -> compiler.Analyzed:
        config, options = self.workspace.home.config, self.workspace.options
        settings = compiler.Settings(config.timezone, config.week_starts.number, options.params, options.entity)
        by_name = {each.source.name: each for each in parsed}
        sources = [each.source for each in by_name.values()]
        return compiler.check(sources, settings, read=lambda source: by_name[source.name])

    def _apart(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings without those that the settings exempt by the file that they are in."""
        patterns = {
            Patterns.of([where], []): codes
            for where, codes in self.selection.exempt.items()
            if not where.startswith(("tag:", "owner:"))
        }
        if not patterns:
            return list(findings)
        below = self._below()

        def is_exempt(finding: Finding) -> bool:
            span = finding.diagnostic.span
            path = below.get(span.source.name, "") if span else ""
            return any(finding.rule.code in codes and each.takes(path) for each, codes in patterns.items())

        return [each for each in findings if not is_exempt(each)]

    def _below(self) -> dict[str, str]:
        """Return the paths of files below the project, by the names of their sources."""
        root = self.workspace.root
        files = self.workspace.files.items()
        return {name: path.relative_to(root).as_posix() for name, path in files if path.is_relative_to(root)}


def _place(workspace: Workspace, path: tuple[str, ...]) -> Span | None:
    """Return where a setting of the linter is said; None where no file or option says any."""
    return workspace.home.text.value(("lint", *path)) if workspace.home.text else None


def _name(finding: Finding) -> str:
    return finding.declaration.name.text if finding.declaration else ""
