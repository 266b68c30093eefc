"""The checks of the data that a question or a catalog needs: keys that stand once, values of the declared types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segql.diagnostics import Diagnostic
from segql.plan.uses import TableUse
from segql.run import errors
from segql.run.backends import Backend, EngineError, Lost, Overdue
from segql.run.verify import Names
from segql.sql import DataCheck


@dataclass(frozen=True, slots=True)
class Soundness:
    """Runs checks of the data; tables are called in messages as they were written.

    Example:
        Soundness(backend, names).problems(compiled.checks, compiled.uses)
    """

    backend: Backend
    names: Names

    def problems(self, checks: Sequence[DataCheck], uses: Sequence[TableUse]) -> list[Diagnostic]:
        """Return what is wrong.

        Raises:
            EngineError: the engine is gone, or took too long.
        """
        return [problem for _, problem in self.failed(checks, uses)]

    def failed(self, checks: Sequence[DataCheck], uses: Sequence[TableUse]) -> Iterator[tuple[DataCheck, Diagnostic]]:
        """Yield each check that finds something, and what is wrong; what is certain already is left out.

        Raises:
            EngineError: the engine is gone, or took too long.
        """
        for each in self._open(checks):
            problem = self._checked(each, uses)
            if problem is not None:
                yield each, problem

    def _open(self, checks: Sequence[DataCheck]) -> list[DataCheck]:
        """Return the checks whose outcome is not certain already; looking for repeated keys takes time."""
        if not self.backend.enforces_keys or all(each.kind != "repeated-key" for each in checks):
            return list(checks)
        declared = (each for each in self.backend.declared_keys() if each.target is None)
        unique = {(each.table, each.column) for each in declared}
        return [
            each
            for each in checks
            if each.kind != "repeated-key"
            or ((each.table.name, each.column) not in unique and not self._is_unique(each))
        ]

    def _is_unique(self, check: DataCheck) -> bool:
        """Say whether the engine itself lets no key stand twice."""
        try:
            promise = self.backend.promises(check.table).get(check.column)
        except (Lost, Overdue):
            raise
        except EngineError:
            return False
        return promise is not None and promise.is_unique

    def _checked(self, check: DataCheck, uses: Sequence[TableUse]) -> Diagnostic | None:
        """Run one check of the data; its rows say what is wrong."""
        table = self.names[check.table]
        try:
            rows = self.backend.execute(check.sql).read_all()
        except (Lost, Overdue):
            raise
        except EngineError as error:
            return errors.rows_failed(check.span, f"`{check.column}` of `{table}`", str(error))
        if not rows.num_rows:
            return None
        first, second = (column.to_pylist() for column in rows.columns[:2])
        some = list(zip(first, second, strict=True))
        if check.kind == "repeated-key":
            return errors.repeated_key(check.span, table, check.column, some)
        return errors.broken_value(check.span, table, check.column, _declared(check, uses), some)


def _declared(check: DataCheck, uses: Sequence[TableUse]) -> str:
    for use in uses:
        for column in use.columns:
            if (use.table, column.column) == (check.table, check.column) and column.type:
                return str(column.type)
    return "value of the declared type"
