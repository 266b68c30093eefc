"""What somebody means by a name: all of it, its last part, or with what it is in front."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segql.analysis import Named, Sort
from segql.diagnostics import Diagnostic, SegqlError, nearest
from segql.graph import errors
from segql.graph.graph import Graph

_SORTS = {str(each): each for each in Sort}


def find(names: Sequence[str], graph: Graph) -> list[Named]:
    """Return what the names stand for, each once.

    Raises:
        SegqlError: a name is unknown, or stands for several.

    Example:
        >>> from segql.graph.graph import Declared
        >>> age = Named(Sort.FIELD, "customer.age")
        >>> find(["age", "customer.age", "field:age"], Graph({age: Declared(age)}, {})) == [age]
        True
    """
    found: list[Named] = []
    problems: list[Diagnostic] = []
    for name in names:
        meant = meant_by(name, graph.declared)
        if len(meant) == 1:
            found += meant
        elif meant:
            problems.append(errors.several_meant(name, [str(each) for each in meant]))
        else:
            problems.append(_unknown(name, graph.declared))
    if problems:
        raise SegqlError(problems)
    return list(dict.fromkeys(found))


def meant_by(name: str, known: Iterable[Named]) -> list[Named]:
    """Return what a name may stand for; whole names go before last parts, and what is declared before its table."""
    word, colon, rest = name.partition(":")
    sort = _SORTS.get(word) if colon else None
    wanted = rest if sort else name
    of_sort = [each for each in known if sort is None or each.sort is sort]
    found = [each for each in of_sort if each.name == wanted]
    found = found or [each for each in of_sort if each.name.endswith(f".{wanted}")]
    return [each for each in found if each.sort is not Sort.TABLE] or found


def _unknown(name: str, known: Iterable[Named]) -> Diagnostic:
    word, colon, rest = name.partition(":")
    sort = _SORTS.get(word) if colon else None
    among = [each for each in known if sort is None or each.sort is sort]
    whole = nearest(rest if sort else name, [each.name for each in among])
    near = whole or [
        each.name
        for last in nearest(rest if sort else name, [each.last for each in among])
        for each in among
        if each.last == last
    ]
    return errors.nothing_named(name, [f"{sort}:{near[0]}" if sort else near[0]] if near else [])
