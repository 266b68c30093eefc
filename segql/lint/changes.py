"""Which declarations mean something else than they did: their own text changed, or something that they use.

What stands here compares what was written, for what has no fingerprint, and where a project has errors: it calls more
changed than means something else. `since.py` compares meanings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from segql.syntax import Parsed, ast
from segql.tree import Node, children, replace

# A trait is used with a window, too: `purchases_90d`.
_SUFFIX = re.compile(r"_\d+[hdwmqy]$")
_TABLES = (ast.Entity, ast.Events, ast.One, ast.Many)


def changed(before: Sequence[Parsed], after: Sequence[Parsed]) -> frozenset[str]:
    r"""Return the names of declarations in `after` that are new or changed, or that use, at any distance, what is.

    Places, layout, comments and the order of declarations do not matter. Of what declares a table, a field that changed
    counts for those who name it; the rest of it for all who name the table.

    Example:
        >>> from segql.source import Source
        >>> from segql.syntax import parse
        >>> old, new = (
        ...     [parse(Source.of("a.seg", f"trait young = age < {age}\nsegment a where young\nsegment b where x"))]
        ...     for age in (30, 31)
        ... )
        >>> sorted(changed(old, new))
        ['a', 'young']
    """
    old, new = _parts(before), _parts(after)
    different = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    users: dict[str, set[str]] = defaultdict(set)
    for one in after:
        for declaration in one.module.declarations:
            for name in _names(declaration):
                users[name].add(declaration.name.text)
                users[_SUFFIX.sub("", name)].add(declaration.name.text)
    pending = list(different)
    while pending:
        for user in users.get(pending.pop(), ()):
            if user not in different:
                different.add(user)
                pending.append(user)
    declared = {each.name.text for one in after for each in one.module.declarations}
    return frozenset(different & declared)


def _parts(files: Sequence[Parsed]) -> dict[str, list[Node]]:
    """Return what each name stands for; the fields of a table apart from the rest of it."""
    found: dict[str, list[Node]] = defaultdict(list)
    for one in files:
        for each in one.module.declarations:
            if isinstance(each, _TABLES):
                for field in each.fields:
                    found[field.name.text].append(field)
                found[each.name.text].append(replace(each, fields=()))
            else:
                found[each.name.text].append(each)
    return {name: sorted(parts, key=repr) for name, parts in found.items()}


def _names(declaration: ast.Declaration) -> Iterator[str]:
    """Yield the names that a declaration uses; a table does not use its own fields."""
    pending = [each for each in children(declaration) if not isinstance(each, ast.FieldRow)]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.Name) and each is not declaration.name:
            yield each.text
        pending += children(each)
