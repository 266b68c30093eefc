"""Files → findings: every rule that is on, without what comments silence."""

from __future__ import annotations

import bisect
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segql.analysis import Analyzed
from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.reading import said_of
from segql.lint.rule import Group, Rule
from segql.lint.selection import Selection, matching, names
from segql.lint.suppressions import Suppression, suppressions
from segql.source import Span
from segql.syntax import Parsed, ast


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, and the declaration that it is in; None where it is in none, as a comment between two.

    `beside` are others that it is about as much, such as the segment of which this one is a double.
    """

    diagnostic: Diagnostic
    rule: Rule
    declaration: ast.Declaration | None
    beside: tuple[ast.Declaration, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The names of all declarations that it is about."""
        own = () if self.declaration is None else (self.declaration,)
        return frozenset(each.name.text for each in (*own, *self.beside))


def lint(parsed: Sequence[Parsed], analyzed: Analyzed | None, selection: Selection, today: dt.date) -> list[Finding]:
    """Return what the selected rules find, in order of files and places.

    `analyzed` is what the files say together, or None where that has errors: then rules that need to know what names
    mean are not asked. `today` is the day on which snoozes are judged.
    """
    context = Context(parsed, analyzed, today, selection.options)
    asked = [each for each in selection.rules if analyzed is not None or not each.needs_catalog]
    context.rules_on = frozenset(each.code for each in asked)
    context.rule_words = names()
    context.suppressions = suppressions(parsed, _codes)
    exempt = {where[4:]: codes for where, codes in selection.exempt.items() if where.startswith("tag:")}
    owners = {where[6:]: codes for where, codes in selection.exempt.items() if where.startswith("owner:")}
    places = _Places(parsed)
    silencing = _by_declaration(context.suppressions, places)
    found: list[Finding] = []
    # What silences nothing is known only when all others have spoken.
    for rule in sorted(asked, key=lambda each: each.group is Group.SUPPRESSIONS):
        found += [
            each
            for each in _found(rule, context, selection, places)
            if not (
                _is_damaged(each.diagnostic, places)
                or _is_exempt(each, exempt, owners)
                or _is_silenced(each, silencing, today)
            )
        ]
    return sorted(found, key=places.key)


def _found(rule: Rule, context: Context, selection: Selection, places: _Places) -> Iterator[Finding]:
    severity = selection.severity[rule.code]
    for each in rule.find(context):
        told = each if each.severity is severity else replace(each, severity=severity)
        declaration = places.declaration(told.span)
        labelled = (places.declaration(label.span) for label in told.labels)
        beside = {id(other): other for other in labelled if other is not None and other is not declaration}
        yield Finding(told, rule, declaration, tuple(beside.values()))


def _is_damaged(diagnostic: Diagnostic, places: _Places) -> bool:
    span = diagnostic.span
    damaged = places.damaged.get(span.source.name, []) if span else []
    return span is not None and any(span.start < each.end and each.start < span.end for each in damaged)


def _is_exempt(finding: Finding, tags: dict[str, frozenset[str]], owners: dict[str, frozenset[str]]) -> bool:
    if not (tags or owners) or not isinstance(finding.declaration, ast.Segment):
        return False
    code, segment = finding.rule.code, finding.declaration
    return any(code in tags.get(each, ()) for each in said_of(segment, "tags")) or any(
        code in owners.get(each, ()) for each in said_of(segment, "owner")
    )


def _by_declaration(found: Sequence[Suppression], places: _Places) -> Mapping[int, list[Suppression]]:
    """Return the comments that silence by the declaration that they speak of, so that few are asked of each finding."""
    made: dict[int, list[Suppression]] = defaultdict(list)
    for each in found:
        if not each.wrong:
            source = each.span.source
            # The end of the line, since a declaration may begin in it.
            end = source.start_of(each.line) + len(source.line_text(each.line))
            made[id(places.at(source.name, end))].append(each)
    return made


def _is_silenced(finding: Finding, silencing: Mapping[int, list[Suppression]], today: dt.date) -> bool:
    span = finding.diagnostic.span
    if span is None or finding.rule.group is Group.SUPPRESSIONS:
        return False
    silenced = False
    # What is about two declarations is silenced at either.
    others = {id(each) for each in finding.beside}
    asked = [*silencing.get(id(finding.declaration), ()), *(one for each in others for one in silencing.get(each, ()))]
    spans = [span, *(label.span for label in finding.diagnostic.labels)] if others else [span]
    for each in asked:
        if any(map(each.is_about, spans)) and any(finding.rule.code in codes for codes in each.codes.values()):
            if each.is_over(today):
                each.outlived.add(finding.rule.code)
                continue
            each.used.add(finding.rule.code)
            silenced = True
    return silenced


def _codes(name: str) -> frozenset[str]:
    return frozenset(rule.code for rule in matching(name))


class _Places:
    """Where files and declarations begin, for finding the ones that hold a place."""

    def __init__(self, parsed: Sequence[Parsed]) -> None:
        self.order = {one.source.name: number for number, one in enumerate(parsed)}
        # What was mended in reading is not what was written.
        self.damaged = {
            one.source.name: [*one.damaged, *(each.span for each in one.diagnostics if each.span is not None)]
            for one in parsed
        }
        self._declarations = {
            one.source.name: sorted(one.module.declarations, key=lambda each: each.span.start) for one in parsed
        }
        self._starts = {name: [each.span.start for each in found] for name, found in self._declarations.items()}

    def key(self, finding: Finding) -> tuple[int, int, int, str]:
        span = finding.diagnostic.span
        if span is None:
            return -1, 0, 0, finding.rule.code
        return self.order.get(span.source.name, -1), span.start, span.end, finding.rule.code

    def declaration(self, span: Span | None) -> ast.Declaration | None:
        found = self.at(span.source.name, span.start) if span is not None else None
        return found if found is not None and span is not None and span.start < found.span.end else None

    def at(self, source: str, offset: int) -> ast.Declaration | None:
        """Return the last declaration of a file that begins before an offset, or at it."""
        at = bisect.bisect_right(self._starts.get(source, []), offset) - 1
        return self._declarations[source][at] if at >= 0 else None
