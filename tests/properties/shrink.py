"""A case that differs, made as small as a few hundred attempts can make it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from tests.engines import Engine
from tests.properties.engine import Difference, answers, as_text, plan_of, sql_of
from tests.properties.pieces import Piece, smaller
from tests.properties.schema import Project

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Case:
    """One segment of a project, with the segments that it refers to."""

    project: Project
    segments: Mapping[str, Piece]
    name: str
    engine: Engine

    def difference(self) -> Difference | None:
        """Return how this segment differs, None if it does not."""
        texts = {name: str(piece) for name, piece in self.segments.items()}
        found = answers(self.project, texts, self.engine).differences
        return next((each for each in found if each.name == self.name), None)


def shrunk(case: Case, attempts: int = 400) -> Case:
    """Return a smaller case that differs in the same way."""
    first = case.difference()
    if first is None:
        return case

    def still_differs(candidate: Case) -> bool:
        found = candidate.difference()
        return found is not None and found.kind == first.kind

    return _smallest(case, still_differs, attempts)


def _smallest(case: C, holds: Callable[[C], bool], attempts: int) -> C:
    """Take the first smaller case for which it still holds, again and again."""
    improved = True
    while improved:
        improved = False
        for candidate in _smaller(case):  # type: ignore[arg-type]
            attempts -= 1
            if attempts < 0:
                return case
            if holds(candidate):  # type: ignore[arg-type]
                case, improved = candidate, True  # type: ignore[assignment]
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    needed = _needed(case)
    if needed != set(case.segments):
        kept = {name: piece for name, piece in case.segments.items() if name in needed}
        yield replace(case, segments=kept)
        return
    for name, piece in case.segments.items():
        for less in smaller(piece):
            yield replace(case, segments={**case.segments, name: less})
    for table, rows in case.project.rows.items():
        for size in sorted({len(rows), (len(rows) + 1) // 2, 1} - {0}, reverse=True):
            for start in range(0, len(rows), size):
                fewer = (*rows[:start], *rows[start + size :])
                project = replace(case.project, rows={**case.project.rows, table: fewer})
                yield replace(case, project=project)


def _needed(case: Case) -> set[str]:
    """Return the name of the segment and of all that it refers to."""
    needed, pending = set[str](), [case.name]
    while pending:
        name = pending.pop()
        if name in case.segments and name not in needed:
            needed.add(name)
            pending += re.findall(r"\b(?:not_)?s\d+\b", str(case.segments[name]))
    return needed


def report(case: Case, difference: Difference) -> str:
    """Return all that is needed to see the difference again."""
    project = case.project
    texts = {name: str(piece) for name, piece in case.segments.items()}
    clock = project.clock
    try:
        condition, sql = plan_of(project, texts, case.name), sql_of(project, texts, case.name, case.engine.name)
    except Exception as error:  # noqa: BLE001  the report is about it
        condition, sql = None, f"{type(error).__name__}: {error}"
    data = [f"{table}: {as_text(row)}" for table, rows in project.rows.items() for row in rows]
    return "\n".join(
        [
            f"T {clock.as_of.isoformat()}  zone {clock.zone.key}  week starts {clock.week_starts}",
            f"params {dict(project.params)}  lists {dict(project.lists)}",
            "",
            project.catalog(),
            "",
            *data,
            "",
            *(f"segment {name}{project.of_customer} where {text}" for name, text in texts.items()),
            "",
            f"plan       {condition!r}",
            f"reference  {difference.reference}",
            f"{case.engine.name:<10} {difference.engine}",
            "",
            sql,
        ]
    )
