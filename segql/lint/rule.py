"""What a rule is: a code, a name, what it is about, and the function that finds."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from segql.diagnostics import Applicability, Diagnostic, Edit, Fix, Label, Severity
from segql.lint.context import Context
from segql.source import Span

# What a setting of a rule may be; its default says which.
Setting: TypeAlias = bool | int | str | tuple[str, ...]


class Group(StrEnum):
    """What a rule is about; the digit after `L` of its code says the same."""

    CORRECTNESS = "correctness"
    SUSPICIOUS = "suspicious"
    MISSING_VALUES = "missing-values"
    PERFORMANCE = "performance"
    GOVERNANCE = "governance"
    STYLE = "style"
    SUPPRESSIONS = "suppressions"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; `find` gives its findings. What it means stands in the docstring of its file.

    `needs_catalog`: it asks what names mean, and is left out where the project has errors. `settings` are its settings
    with their defaults; `checks` say, of those that can be wrong though they are of the right kind, what to write
    instead, or nothing. `fix` is what its fixes are; None where it has none.
    """

    code: str
    name: str
    find: Callable[[Context], Iterable[Diagnostic]]
    fix: Applicability | None = None
    severity: Severity = Severity.WARNING
    is_on: bool = True
    needs_catalog: bool = False
    settings: Mapping[str, Setting] = field(default_factory=dict)
    checks: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)

    @property
    def group(self) -> Group:
        """What it is about."""
        return list(Group)[int(self.code[1]) - 1]

    @property
    def documentation(self) -> str:
        """What its page says: the docstring of its file."""
        return inspect.cleandoc(sys.modules[self.find.__module__].__doc__ or "")

    def finding(
        self,
        span: Span,
        message: str,
        hint: str,
        *,
        fix: tuple[str, Sequence[Edit]] | None = None,
        labels: Sequence[Label] = (),
        example: str = "",
    ) -> Diagnostic:
        """Return a finding of this rule; a fix is a title and its edits, an example somebody made up who shows it."""
        assert fix is None or self.fix is not None
        made = Fix(fix[0], tuple(fix[1]), self.fix) if fix and self.fix else None
        return Diagnostic(self.code, self.name, message, span, hint, self.severity, made, tuple(labels), example)
