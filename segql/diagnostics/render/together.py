"""One name that is missing in several files is one matter, told to people once, with its places."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from segql.diagnostics.diagnostic import Diagnostic, Fix, Label

# More places are counted, not shown.
_SHOWN_MOST = 8
_UNKNOWN_NAME = "E201"


def together(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return the messages with those about one missing name joined, where it is used in more than one file.

    The place of the first is that of all, the others are its labels; the fix mends all of them. In one file each place
    has a message of its own, and so has every place for programs, which point at lines.
    """
    groups: dict[tuple[str, str, str], list[Diagnostic]] = {}
    for each in found:
        if each.code == _UNKNOWN_NAME and each.span is not None:
            key = (each.message, each.hint, each.fix.title if each.fix else "")
            groups.setdefault(key, []).append(each)
    joined: dict[int, Diagnostic] = {}
    left_out: set[int] = set()
    for group in groups.values():
        files = {each.span.source.name for each in group if each.span}
        if len(files) > 1:
            joined[id(group[0])] = _joined(group, len(files))
            left_out |= {id(each) for each in group[1:]}
    return [joined.get(id(each), each) for each in found if id(each) not in left_out]


def _joined(group: Sequence[Diagnostic], files: int) -> Diagnostic:
    first, *others = group
    message = f"{first.message}, used in {len(group)} places of {files} files"
    labels = tuple(Label(each.span, "and here") for each in others[:_SHOWN_MOST] if each.span)
    fix = first.fix and Fix(
        f"{first.fix.title} in all {len(group)} places",
        tuple(edit for each in group if each.fix for edit in each.fix.edits),
    )
    return dataclasses.replace(first, message=message, labels=(*first.labels, *labels), fix=fix)
