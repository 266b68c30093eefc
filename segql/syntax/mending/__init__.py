"""Mistakes that can be mended: the text is changed so that it can be read, and the change is told as a fix.

Each mender looks at the place where reading stops and yields mends that may help. A mend counts only where the reading
then gets further, so a mender may guess; the order says which guess comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from segql.syntax.mending.gaps import calls, gaps, open_brackets, rows, too_many, unused_sign
from segql.syntax.mending.habit import mends_of
from segql.syntax.mending.headers import HEADERS, clauses, lines, names, same_line, types
from segql.syntax.mending.mend import HIDDEN, HOLE, Mend, MendedText, Spot
from segql.syntax.mending.signs import SIGNS, brackets, bullets, frames, lookalikes
from segql.syntax.mending.spelling import misspelt, units
from segql.syntax.mending.times import TIMES
from segql.syntax.mending.words import LAST_WORDS, WORDS

Mender: TypeAlias = Callable[[Spot], Iterator[Mend]]

# The certain ones first: a character that has no meaning, a spelling that nobody means otherwise. Then what the place
# itself asks for, then near words, and at last what helps in many places and is therefore often wrong.
MENDERS: tuple[Mender, ...] = (
    lookalikes,
    too_many,
    types,
    same_line,
    bullets,
    frames,
    partial(mends_of, WORDS),
    partial(mends_of, TIMES),
    partial(mends_of, HEADERS),
    partial(mends_of, SIGNS),
    units,
    calls,
    brackets,
    misspelt,
    rows,
    lines,
    clauses,
    names,
    partial(mends_of, LAST_WORDS),
    gaps,
    unused_sign,
)


def mends(spot: Spot) -> Iterator[Mend]:
    """Yield what may mend a place, the likeliest first."""
    for mender in MENDERS:
        yield from mender(spot)


__all__ = ["HIDDEN", "HOLE", "MENDERS", "Mend", "MendedText", "Mender", "Spot", "mends", "open_brackets"]
