"""A name given anew in every place, with proof that everything means what it meant."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from segql.analysis import Analyzed, Named, Sort, Use
from segql.analysis.uses import rows_named
from segql.diagnostics import Diagnostic, Edit, SegqlError, Severity
from segql.fingerprint import Fingerprints
from segql.graph import errors
from segql.graph.find import find
from segql.graph.make import graph_of
from segql.graph.words import is_word
from segql.graph.written import named_of, rows_of, uses_of
from segql.plan import Choice, Expr, Literal
from segql.source import Source, Span
from segql.syntax import ast
from segql.tree import replace
from segql.types import TEXT

_PLAIN = re.compile(r"[^\W\d]\w*")
_WINDOW = re.compile(r"_\d{1,5}[hdwmqy]")
# What file systems refuse; of the 255 bytes that most allow, the file while it is written needs some.
_NO_FILE_SIGNS = frozenset('<>:"|?*')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{each}{n}" for each in ("com", "lpt") for n in range(1, 10))})
_FILE_BYTES = 200
# They have no two of one name among them.
_TOGETHER = (
    frozenset({Sort.SEGMENT, Sort.SCORE, Sort.TIERS, Sort.SPLIT}),
    frozenset({Sort.ENTITY, Sort.EVENT, Sort.RELATION}),
    frozenset({Sort.FIELD, Sort.RELATION}),
)
# What belongs to what, and bears its name in front.
_OF_ROWS = frozenset({Sort.FIELD, Sort.RELATION})
_INSIDE = {
    **dict.fromkeys((Sort.ENTITY, Sort.EVENT, Sort.RELATION), _OF_ROWS),
    Sort.TIERS: frozenset({Sort.TIER}),
    Sort.SPLIT: frozenset({Sort.ARM}),
}

Check = Callable[[Sequence[Source]], Analyzed]


@dataclass(frozen=True, slots=True)
class Renamed:
    """What has to be written for a new name: edits by source, and sources that get another name themselves.

    `names` are those of everything, before and after: what belongs to an entity bears its name in front.
    """

    old: Named
    new: Named
    edits: Mapping[str, tuple[Edit, ...]]
    moved: Mapping[str, str]
    names: Mapping[Named, Named]


def renamed(sources: Sequence[Source], check: Check, old: str, new: str) -> Renamed:
    """Return how `old` is called `new` in all of the sources; `check` reads them, as the project does.

    The sources are read again as they would be, and everything in them must name and mean what it did.

    Raises:
        SegqlError: they have errors, the name is unknown, the new one cannot be, or something would mean another thing.
    """
    before = check(sources)
    wrong = [each for each in before.diagnostics if each.severity is Severity.ERROR]
    if wrong:
        raise SegqlError(wrong)
    rename = _rename(before, old, new)
    problem: Diagnostic | None = None
    for is_quoted in (False, True) if _PLAIN.fullmatch(rename.word) else (True,):
        made = rename.made(sources, is_quoted=is_quoted)
        after = check([_changed(each, made) for each in sources])
        problem = rename.difference(after, made)
        if problem is None:
            return made
    assert problem is not None
    raise SegqlError([problem])


def _rename(before: Analyzed, old: str, new: str) -> _Rename:
    graph = graph_of(before)
    (named,) = find([old], graph)
    owner = named.name.removesuffix(named.last)
    word = new.removeprefix(owner) if owner else new
    if graph.declared[named].span is None:
        raise SegqlError([errors.not_declared(str(named.sort), named.name)])
    if _bears_entity(named, before):
        raise SegqlError([errors.name_of_entity(named.name, named.last)])
    if is_word(word, named.sort):
        raise SegqlError([errors.hard_word(word)])
    if not word or not word.isprintable() or set(word) & set("`./\\") or word != word.strip():
        raise SegqlError([errors.no_name(word)])
    sorts = frozenset({named.sort}).union(*(each for each in _TOGETHER if named.sort in each))
    taken = next((each for each in graph.declared if each.sort in sorts and each.name == owner + word), None)
    if taken is not None:
        raise SegqlError([errors.name_taken(str(taken.sort), taken.name, graph.declared[taken].span)])
    rename = _Rename(before, named, word, tuple(graph.declared))
    if rename.of_file is not None and (why := _no_file(word)):
        raise SegqlError([errors.no_file_name(word, why)])
    return rename


@dataclass(frozen=True, slots=True)
class _Rename:
    before: Analyzed
    old: Named
    word: str
    declared: tuple[Named, ...]

    @property
    def of_file(self) -> str | None:
        """The source that gives its name to what is renamed, as that of a bare condition does."""
        found = (
            each.span.source.name
            for each in self.before.declarations
            if named_of(each, self.before.catalog) == self.old and not _is_written(each.name)
        )
        return next(found, None)

    @property
    def new(self) -> Named:
        return Named(self.old.sort, self.old.name.removesuffix(self.old.last) + self.word)

    def made(self, sources: Sequence[Source], *, is_quoted: bool) -> Renamed:
        """Return the edits, and the file that is to be called otherwise."""
        edits: dict[str, dict[tuple[int, int], Edit]] = {}
        for span, text in (*self._of_uses(is_quoted), *self._of_columns()):
            edits.setdefault(span.source.name, {})[span.start, span.end] = Edit(span, text)
        moved = {} if self.of_file is None else {self.of_file: _beside(self.of_file, self.word)}
        found = {
            each.name: tuple(edit for _, edit in sorted(edits[each.name].items()))
            for each in sources
            if each.name in edits
        }
        return Renamed(self.old, self.new, found, moved, {each: self.mapped(each) for each in self.declared})

    def difference(self, after: Analyzed, made: Renamed) -> Diagnostic | None:
        """Return what would not be as it was, None where everything is."""
        if len(after.diagnostics) > len(self.before.diagnostics) or not after.is_sound:
            first = next((each for each in after.diagnostics if each.severity is Severity.ERROR), after.diagnostics[-1])
            return errors.would_differ(self.old.name, self.word, str(first))
        if _named_in_order(self.before, self.mapped, made.moved) != _named_in_order(after, lambda each: each, {}):
            return errors.would_differ(self.old.name, self.word, "a name would stand for something else")
        known, found = Fingerprints(self._with_new_labels()), Fingerprints(after)
        for name in (*self.before.definitions, *self.before.outcomes):
            if known.whole(name) != found.whole(self._called(name)):
                return errors.would_differ(self.old.name, self.word, f"`{name}` would mean something else")
        return None

    def mapped(self, named: Named) -> Named:
        """Return what something is called afterwards."""
        if named == self.old or self._bears(named):
            return Named(named.sort, named.name.removesuffix(named.last) + self.word)
        if named.sort in _INSIDE.get(self.old.sort, ()) and named.name.startswith(f"{self.old.name}."):
            return Named(named.sort, self.new.name + named.name.removeprefix(self.old.name))
        return named

    def _called(self, segment: str) -> str:
        """Return what a segment, tier, arm or value is called afterwards."""
        sorts = (Sort.SEGMENT, Sort.SCORE, Sort.TIERS, Sort.SPLIT, Sort.TIER, Sort.ARM)
        names = [self.mapped(Named(each, segment)).name for each in sorts]
        return next((each for each in names if each != segment), segment)

    def _bears(self, named: Named) -> bool:
        """Say whether this is a relation that has the name of the entity."""
        return self.old.sort is Sort.ENTITY and named.last == self.old.name and _bears_entity(named, self.before)

    def _of_uses(self, is_quoted: bool) -> Iterator[tuple[Span, str]]:
        for use in _all_uses(self.before):
            if use.named == self.old or self._bears(use.named):
                text = self._written(use.span.text, is_quoted)
                if text is not None:
                    yield use.span, text

    def _written(self, words: str, is_quoted: bool) -> str | None:
        """Return the new name in the place of some words; None where they only stand for what has the name."""
        if words[:1] in {'"', "'"}:
            return f'"{self.word}"' if words[1:-1] == self.old.last else None
        name = words.strip("`")
        if not name.startswith(self.old.last):
            return None
        rest = name.removeprefix(self.old.last)
        if rest and not (self.old.sort is Sort.TRAIT and _WINDOW.fullmatch(rest)):
            return None
        return f"`{self.word}{rest}`" if is_quoted else self.word + rest

    def _of_columns(self) -> Iterator[tuple[Span, str]]:
        """Yield what says which column a field reads, where its name said so."""
        if self.old.sort is not Sort.FIELD:
            return
        owner = self.old.name.removesuffix(f".{self.old.last}")
        for each in self.before.declarations:
            if named_of(each, self.before.catalog).name == owner:
                for row in rows_of(each):
                    if row.name.text == self.old.last and not any(one.word == "column" for one in row.attributes):
                        end = (row.zone or row.type).span.end
                        told = self.old.last.replace("\\", "\\\\").replace('"', '\\"')
                        yield row.span.source.span(end, end), f' column "{told}"'

    def _with_new_labels(self) -> Analyzed:
        """Return the project as it was, but for the texts that a tier list or split gives, which are names."""
        if self.old.sort not in {Sort.TIER, Sort.ARM}:
            return self.before
        owner = self.old.name.rpartition(".")[0]
        outcome = self.before.outcomes[owner]
        expr = outcome.expr
        if isinstance(expr, Choice):
            values = tuple(self._label(each) for each in expr.values)
            otherwise = None if expr.otherwise is None else self._label(expr.otherwise)
            expr = replace(expr, values=values, otherwise=otherwise)
        mended = dataclasses.replace(outcome, expr=expr)
        return dataclasses.replace(self.before, outcomes={**self.before.outcomes, owner: mended})

    def _label(self, value: Expr) -> Expr:
        is_it = isinstance(value, Literal) and value.value == self.old.last
        return Literal(self.word, TEXT) if is_it else value


def _all_uses(analyzed: Analyzed) -> list[Use]:
    found = list(analyzed.uses)
    for each in analyzed.declarations:
        found += uses_of(each, analyzed.catalog)
    return found


def _named_in_order(
    analyzed: Analyzed, mapped: Callable[[Named], Named], moved: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return what is named in each file, in order: a new name may move all places behind it."""
    found = [
        (moved.get(use.span.source.name, use.span.source.name), use.span.start, use.span.end, str(mapped(use.named)))
        for use in _all_uses(analyzed)
    ]
    return [(file, named) for file, _, _, named in sorted(dict.fromkeys(found))]


def _bears_entity(named: Named, analyzed: Analyzed) -> bool:
    """Say whether a relation has the name of the entity whose members are its rows."""
    return named.sort is Sort.RELATION and any(
        each.entity == each.name and rows_named(key, analyzed.catalog) == named
        for key, each in analyzed.catalog.manys.items()
    )


def _is_written(name: ast.Name) -> bool:
    """Say whether a declared name stands in its file; that of a bare condition is the file's."""
    return name.span.text.strip("`") == name.text


def _no_file(word: str) -> str:
    """Return why no file can be called so on some of the systems that a project may be checked out on, else nothing."""
    signs = "".join(dict.fromkeys(each for each in word if each in _NO_FILE_SIGNS))
    if signs:
        return f"`{signs}` cannot stand in the name of a file"
    if word.casefold() in _DEVICES:
        return "a device of Windows is called so"
    return f"it has more than {_FILE_BYTES} bytes" if len(word.encode()) > _FILE_BYTES else ""


def _beside(file: str, word: str) -> str:
    path = PurePath(file)
    return str(path.with_name(f"{word}{path.suffix}"))


def _changed(source: Source, made: Renamed) -> Source:
    text = source.text
    for each in reversed(made.edits.get(source.name, ())):
        text = text[: each.span.start] + each.text + text[each.span.end :]
    return Source.of(made.moved.get(source.name, source.name), text)
