"""What rules look at: the nodes of all files by kind, walked once, and what they mean."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from segql import plan
from segql.analysis import Analyzed
from segql.catalog import Field
from segql.lint.extremes import Extreme, extremes
from segql.lint.fields import fields_by_place, place
from segql.lint.proving import Prover
from segql.lint.ranges import Family, families
from segql.lint.suppressions import Suppression
from segql.syntax import Parsed, ast
from segql.tree import Node, children

N = TypeVar("N", bound=Node)
N_co = TypeVar("N_co", bound=Node, covariant=True)

# What stands below these speaks of rows of a table, not of the member.
_ROWS = (
    ast.Occurrence,
    ast.Argument,
    ast.Quantified,
    ast.FirstEver,
    ast.Stopped,
    ast.Resumed,
    ast.Events,
    ast.One,
    ast.Many,
)


class Seen(NamedTuple, Generic[N_co]):
    """A node, the one that holds it, and the declaration around. `in_rows`: it is about rows, not about the member.

    `is_negated`: it stands below an odd number of `not`.
    """

    node: N_co
    parent: Node
    declaration: ast.Declaration
    in_rows: bool
    is_negated: bool = False


class Context:
    """The files of a project as rules see them.

    `analyzed` is None where the project has errors; rules that need it are not asked then. `options` are the settings
    of rules by the rule's name; `suppressions` the comments that silence findings, with what each has silenced, which
    the rules about them ask last. `rules_on` are the codes of the rules that are asked, `rule_words` all that may name
    rules.
    """

    def __init__(
        self,
        parsed: Sequence[Parsed],
        analyzed: Analyzed | None,
        today: dt.date,
        options: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.parsed = parsed
        self.today = today
        self.suppressions: Sequence[Suppression] = ()
        self.rules_on: frozenset[str] = frozenset()
        self.rule_words: Sequence[str] = ()
        self._analyzed = analyzed
        self._options = options
        self._seen = _walked(parsed)

    def each(self, kind: type[N]) -> Sequence[Seen[N]]:
        """Return all nodes of a kind, in the order of files and lines."""
        return self._seen.get(kind, [])

    @property
    def declarations(self) -> Iterator[ast.Declaration]:
        """The declarations of all files, in order."""
        return (each for one in self.parsed for each in one.module.declarations)

    @property
    def segments(self) -> Iterator[ast.Segment]:
        """The segments of all files, in order."""
        return (each for each in self.declarations if isinstance(each, ast.Segment))

    @property
    def analyzed(self) -> Analyzed:
        """What the project says; only rules that need the catalog may ask."""
        assert self._analyzed is not None
        return self._analyzed

    def option(self, rule: str, name: str) -> Any:
        """Return a setting of a rule."""
        return self._options[rule][name]

    def field(self, node: Node) -> Field | None:
        """Return the field that a path stands for, or None where it is something else."""
        found = self._fields.get(place(node.span))
        return found[1] if found else None

    def full_name(self, node: Node) -> str:
        """Return the name of the field that a path stands for, with that of its table; empty where it is none."""
        found = self._fields.get(place(node.span))
        return f"{found[0]}.{found[1].name}" if found else ""

    @cached_property
    def prover(self) -> Prover:
        """What decides who can meet which conditions; at noon of today, where it needs a clock."""
        noon = dt.datetime.combine(self.today, dt.time(12), dt.UTC)
        return Prover(self.analyzed, plan.Clock(noon))

    @cached_property
    def extremes(self) -> Sequence[Extreme]:
        """The conditions that come out the same for everybody."""
        return list(extremes(self.prover))

    @cached_property
    def families(self) -> Sequence[Family]:
        """The ranges of one value that stand side by side."""
        return list(families(self.analyzed))

    @cached_property
    def used(self) -> frozenset[str]:
        """The names that are used anywhere, other than where they are declared; a tag uses nothing."""
        return frozenset(
            each.node.text
            for each in self.each(ast.Name)
            if not isinstance(each.parent, ast.Metadata)
            and (getattr(each.parent, "name", None) is not each.node or isinstance(each.parent, ast.InList))
        )

    @cached_property
    def _fields(self) -> Mapping[tuple[str, int, int], tuple[str, Field]]:
        return fields_by_place(self.analyzed)


def _walked(parsed: Sequence[Parsed]) -> Mapping[type[Node], list[Seen[Any]]]:
    found: dict[type[Node], list[Seen[Any]]] = defaultdict(list)
    for one in parsed:
        for declaration in one.module.declarations:
            pending: list[Seen[Node]] = [Seen(declaration, one.module, declaration, False)]
            while pending:
                seen = pending.pop()
                node = seen.node
                kind = type(node)
                found[kind].append(seen)
                in_rows = seen.in_rows or kind in _ROWS or (kind is ast.Points and node.event is not None)  # type: ignore[attr-defined]
                is_negated = seen.is_negated is not (kind is ast.Not)
                below = [Seen(each, node, declaration, in_rows, is_negated) for each in children(node)]
                below.reverse()
                pending += below
    return found
