"""What the linter itself says; what its rules say stands with each rule.

The docstring of each is its page: what it means, an example, the cure.
"""

from __future__ import annotations

from collections.abc import Sequence

from segql.diagnostics import Diagnostic, Severity, nearest
from segql.source import Span


def unknown_rule(span: Span | None, name: str, near: Sequence[str]) -> Diagnostic:
    """No rule of the linter has this code or name; a misspelt one would otherwise be without effect.

    Example:
        segql lint --ignore mixed-and-orr
    Cure:
        segql lint --ignore mixed-and-or
    """
    hint = f"`{near[0]}` is the closest" if near else "a code like `L101`, a name, a group, `default` or `all` is meant"
    return Diagnostic("E801", "unknown-rule", f"there is no rule `{name}`", span, hint)


def unknown_option(span: Span | None, rule: str, name: str, known: Sequence[str]) -> Diagnostic:
    """A rule of the linter has no setting of this name.

    Example:
        [lint.rules.huge-list]
        maximum = 50
    Cure:
        [lint.rules.huge-list]
        most = 50
    """
    near = nearest(name, known)
    hint = f"there are {', '.join(f'`{each}`' for each in known)}" if known else "it has no settings"
    hint = f"`{near[0]}` is the closest" if near else hint
    return Diagnostic("E802", "unknown-option", f"the rule `{rule}` has no setting `{name}`", span, hint)


def wrong_option(span: Span | None, name: str, value: object, needed: str) -> Diagnostic:
    """A setting of the linter has a value that it cannot have.

    Example:
        [lint.severity]
        huge-list = "grave"
    Cure:
        [lint.severity]
        huge-list = "error"
    """
    return Diagnostic("E803", "wrong-option", f"`lint.{name}` cannot be `{value}`", span, f"write {needed}")


def broken_baseline(path: str, why: str) -> Diagnostic:
    """The file of known findings cannot be read, so that it is not known which findings are new.

    Example:
        segql lint          # and lint-baseline.json was merged by hand
    Cure:
        segql lint --write-baseline
    """
    hint = "write it anew with `segql lint --write-baseline`"
    return Diagnostic("E804", "broken-baseline", f"the baseline `{path}` cannot be read: {why}", None, hint)


def no_baseline() -> Diagnostic:
    """A baseline was to be written, and the settings do not say where.

    Example:
        segql lint --write-baseline
    Cure:
        [lint]
        baseline = "lint-baseline.json"
    """
    message = "the settings name no file for the baseline"
    return Diagnostic("E805", "no-baseline", message, None, 'add `baseline = "lint-baseline.json"` below `[lint]`')


def unknown_revision(revision: str, why: str, *, is_cut_off: bool = False) -> Diagnostic:
    """Git does not know the revision to compare with, or the project is not kept in git.

    CI mostly clones only the newest commit; `git fetch --unshallow` gets the others, and so does `fetch-depth: 0` of
    the step of GitHub that checks out, or `GIT_DEPTH: 0` of a job of GitLab.

    Example:
        segql lint --since mian
    Cure:
        segql lint --since main
    """
    hint = "name a branch, a tag or a commit of the repository that holds the project"
    if is_cut_off:
        hint = "this clone lacks older commits: `git fetch --unshallow`, or in CI `fetch-depth: 0` or `GIT_DEPTH: 0`"
    return Diagnostic("E806", "unknown-revision", f"`{revision}` cannot be compared with: {why}", None, hint)


def no_such_field(span: Span | None, rule: str, name: str, near: Sequence[str]) -> Diagnostic:
    """A setting of a rule names a field that the catalog does not have, so the rule would look for nothing.

    Example:
        [lint.rules.banned-field]
        fields = ["customer.nmae"]
    Cure:
        [lint.rules.banned-field]
        fields = ["customer.name"]
    """
    hint = f"`{near[0]}` is the closest" if near else "write it as `entity.field` or `event.field`"
    return Diagnostic("E807", "no-such-field", f"`{rule}` is told of a field `{name}`, and there is none", span, hint)


def idle_setting(span: Span | None, name: str, near: Sequence[str]) -> Diagnostic:
    """A setting of the linter names a tag, an owner or files that no segment has, so it changes nothing.

    Example:
        [lint.exempt]
        "tag:experimentl" = ["all"]
    Cure:
        [lint.exempt]
        "tag:experimental" = ["all"]
    """
    hint = f"`{near[0]}` is the closest" if near else "take it away, or write what was meant"
    message = f"no segment of this project is meant by `{name}`"
    return Diagnostic("E808", "idle-setting", message, span, hint, Severity.WARNING)


def fix_refused(span: Span, rule: str, why: str) -> Diagnostic:
    """A fix was not applied, since the segments would not be the same after it, or would have errors.

    Example:
        segql lint --fix    # a defect of a rule
    Cure:
        segql lint --fix --ignore that-rule
    """
    hint = "this is a defect of the rule; please report it with the file"
    return Diagnostic("E811", "fix-refused", f"the fix of `{rule}` was not applied: {why}", span, hint)
