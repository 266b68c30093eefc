"""`segql lint`: what is legal and still deserves a second look."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segql.cli.commands.check import about, counted, told
from segql.cli.completion import rules
from segql.cli.console import Console
from segql.cli.options import ConfigTexts, EntityName, NoCache, ProjectFolder, Settings, StdinFilename
from segql.cli.output import opened
from segql.cli.reports import Format, reporting, write
from segql.cli.status import Status, status_of
from segql.cli.workspaces import Asked
from segql.diagnostics import Applicability, Diagnostic, SegqlError, Severity
from segql.lint import Finding, baseline, errors
from segql.workspace.linting import Linter
from segql.workspace.workspace import Workspace

# Most runs fix nothing.
if TYPE_CHECKING:
    from segql.lint.fixing import Fixed


@reporting
def lint(
    console: Console,
    *,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders; - reads standard input."),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Apply fixes that keep the meaning.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Apply fixes that may change the meaning, too.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what the fixes would change.")] = False,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="RULES", help="The rules to ask, parted by commas.", autocompletion=rules),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="RULES", help="Rules to leave out.", autocompletion=rules),
    ] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count the findings of each rule.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="How to write the findings.")] = Format.FULL,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="REV", help="Only what the changes since a revision of git bring."),
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Take all findings as known, and tell only new ones later.")
    ] = False,
    entity: EntityName = None,
    settings: Settings = None,
    config: ConfigTexts = None,
    project: ProjectFolder = None,
    no_cache: NoCache = False,
    stdin_filename: StdinFilename = None,
) -> Status:
    """Point at what is legal and still deserves a second look; `segql explain RULE` tells more of each rule."""
    for name, given in (("--select", select), ("--ignore", ignore)):
        if given is not None and not _parted(given):
            raise typer.BadParameter("it names no rule", param_hint=name)
    if write_baseline and (paths or fix or unsafe_fixes or diff or select or ignore or since is not None):
        told_alone = "a baseline holds the findings of all files and rules of the settings, so it is asked for alone"
        raise typer.BadParameter(told_alone, param_hint="--write-baseline")
    asked = Asked((), False, None, entity, settings or (), project, "default", no_cache, config or (), stdin_filename)
    workspace = asked.workspace(paths or ())
    today = workspace.clock().today
    linter = Linter.of(workspace, today, _parted(select), _parted(ignore))
    if write_baseline:
        return _write_baseline(linter, console)
    is_filter = (fix or unsafe_fixes) and not diff and "-" in (paths or ())
    errors_found = [each for each in workspace.diagnostics() if each.severity is Severity.ERROR]
    wrong = [*about(workspace.diagnostics(), paths or (), workspace), *linter.settings_diagnostics()]
    findings = _found(linter, paths or (), since, console)
    if errors_found:
        _warn(errors_found, linter, console, is_fixing=fix or unsafe_fixes or diff)
    elif fix or unsafe_fixes or diff:
        fixed = linter.fixed(findings, unsafe=unsafe_fixes)
        changed = _changes(fixed, workspace)
        if diff:
            for name, (before, after) in changed.items():
                console.data(_difference(name, before, after))
            console.note(f"{counted(sum(fixed.applied.values()), 'fix', 'fixes')} would be applied")
            return Status.ERRORS if changed else Status.DONE
        _write(changed, workspace)
        console.report(fixed.refused)
        if changed:
            asked = replace(asked, typed=_typed_after(asked, changed, workspace))
            linter = Linter.of(asked.workspace(paths or ()), today, _parted(select), _parted(ignore))
            findings = _found(linter, paths or (), since, console)
        if fixed.applied:
            console.note(f"{counted(sum(fixed.applied.values()), 'finding')} fixed")
    shown = [*wrong, *(each.diagnostic for each in findings)]
    if is_filter:
        # The text takes standard output, as from every program that changes what goes through it.
        console.data(asked.standard_input.decode())
        console.report(shown)
    elif statistics:
        console.data(_statistics(findings))
    else:
        write(shown, format_, console)
    fixable = sum(_is_fixable(each, Applicability.SAFE) for each in findings)
    more = f"; {fixable} can be fixed with --fix" if fixable and not errors_found else ""
    console.note(f"{_summary(shown)}{more}")
    status = status_of(wrong)
    return Status.ERRORS if status is Status.DONE and findings else status


def _parted(given: Sequence[str] | None) -> list[str]:
    return [part.strip() for each in given or () for part in each.split(",") if part.strip()]


def _found(linter: Linter, paths: Sequence[str], since: str | None, console: Console) -> list[Finding]:
    if since is None:
        found = linter.findings()
    else:
        compared = linter.since(since)
        found = compared.findings
        how = f"as it is written, since {compared.problem}" if compared.problem else "by what it means"
        console.detail(f"compared with {since} {how}")
    inside = {id(each) for each in about([each.diagnostic for each in found], paths, linter.workspace)}
    return [each for each in found if id(each.diagnostic) in inside]


def _warn(wrong: Sequence[Diagnostic], linter: Linter, console: Console, *, is_fixing: bool) -> None:
    """Say what a project with errors was not asked."""
    span = wrong[0].span
    place = f"{span.source.name}:{span.line}:{span.column} has" if span else "the project has"
    left_out = counted(len(linter.left_out), "rule")
    if linter.left_out:
        console.warn(f"{left_out} could not be asked, since {place} an error: {wrong[0].message}")
    if is_fixing:
        console.warn(f"nothing is fixed while {place} an error")


def _write_baseline(linter: Linter, console: Console) -> Status:
    path = linter.baseline_path
    if path is None:
        raise SegqlError([errors.no_baseline()])
    linter.workspace.sound()
    found = linter.findings(with_known=True)
    with opened(path) as sink:
        sink.write(baseline.written(found).encode())
    console.note(f"{counted(len(found), 'finding')} written to {path.name}")
    return Status.DONE


def _changes(fixed: Fixed, workspace: Workspace) -> dict[str, tuple[str, str]]:
    """Return the texts before and after of each file that the fixes change."""
    before = {one.source.name: one.source.text for one in workspace.parsed}
    after = {one.source.name: one.source.text for one in fixed.state.parsed}
    return {name: (text, after[name]) for name, text in before.items() if after[name] != text}


def _write(changed: dict[str, tuple[str, str]], workspace: Workspace) -> None:
    for name, (_, after) in changed.items():
        path: Path | None = workspace.files.get(name)
        if path is None or name == workspace.buffer:
            continue  # what was typed is no file, or stands for one that is somebody's to save
        ends = "\r\n" if b"\r\n" in path.read_bytes() else "\n"
        with opened(path) as sink:
            sink.write(after.replace("\n", ends).encode())


def _typed_after(asked: Asked, changed: dict[str, tuple[str, str]], workspace: Workspace) -> bytes | None:
    """Return what standard input is after the fixes, None where they do not change it."""
    name = workspace.buffer or "-"
    if name not in changed:
        return asked.typed
    ends = "\r\n" if b"\r\n" in asked.standard_input else "\n"
    return changed[name][1].replace("\n", ends).encode()


def _difference(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _statistics(findings: Sequence[Finding]) -> str:
    counts = Counter((each.rule.code, each.rule.name) for each in findings)
    fixable = {each.rule.code for each in findings if _is_fixable(each, Applicability.SAFE)}
    return "".join(
        f"{count:>6,}  {code}  {name}{'  (--fix)' if code in fixable else ''}\n"
        for (code, name), count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    )


def _is_fixable(finding: Finding, kind: Applicability) -> bool:
    found = finding.diagnostic.fix
    return found is not None and found.applicability is kind


def _summary(shown: Sequence[Diagnostic]) -> str:
    return told(shown) if shown else "no findings"
