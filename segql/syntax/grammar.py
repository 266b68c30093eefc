"""Find the `.lark` files, inside the wheel or beside the checkout, and make the parser's tables from them."""

from __future__ import annotations

import sys
from pathlib import Path

import lark

from segql.syntax.caches import cache_folder
from segql.syntax.lexer import Words

STARTS = ["declaration", "condition"]

_SHIPPED = Path(__file__).parents[1] / "_grammar"
_CHECKOUT = Path(__file__).parents[2] / "grammar"


def grammar_folder() -> Path:
    """Return the folder that holds `segql.lark`."""
    return _SHIPPED if _SHIPPED.is_dir() else _CHECKOUT


def load(transformer: object) -> lark.Lark:
    """Return the parser; what it reads is built by the methods of `transformer`.

    Building the tables takes about half a second, reading them back some 20 ms, so lark keeps them in a file of the
    user's own cache folder. It checks a hash of the grammar, its options and its versions, and builds anew what is
    missing, old or damaged.
    """
    return lark.Lark.open(
        str(grammar_folder() / "segql.lark"),
        parser="lalr",
        lexer=Words,
        start=STARTS,
        maybe_placeholders=True,
        transformer=transformer,
        cache=_cache_file() or False,
    )


def _cache_file() -> str | None:
    """Return where the tables are kept, or None where the user has no folder that can be written."""
    folder = cache_folder()
    if folder is None:
        return None
    # One file a grammar folder and Python, so that two checkouts do not rebuild each other's tables for ever.
    told = f"{grammar_folder()}-{sys.version_info[:3]}-{lark.__version__}"
    name = "".join(letter if letter.isalnum() else "-" for letter in told)[-120:]
    return str(folder / f"grammar{name}.bin")
