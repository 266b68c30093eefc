"""Names and texts as a catalog writes them."""

from __future__ import annotations

import re

from segql.catalog import Table

# Words with a meaning everywhere, and those that go on with what stands before; as a name each stands in backticks.
_WORDS = frozenset(
    {
        "and",
        "or",
        "not",
        "in",
        "is",
        "did",
        "where",
        "then",
        "when",
        "otherwise",
        "exactly",
        "as",
        "of",
        "least",
        "most",
        "true",
        "false",
        "now",
        "today",
        "everyone",
        "nobody",
    }
)
_PLAIN = re.compile(r"[^\W\d]\w*")


def name_of(name: str) -> str:
    """Return a name, in backticks where it is no plain word.

    Example:
        >>> name_of("age"), name_of("order id"), name_of("not")
        ('age', '`order id`', '`not`')
    """
    is_plain = bool(_PLAIN.fullmatch(name)) and name.lower() not in _WORDS
    return name if is_plain else f"`{name}`"


def can_be_written(name: str) -> bool:
    """Say whether a name can stand in backticks: on one line, without one of its own.

    Example:
        >>> can_be_written("order id"), can_be_written("a`b")
        (True, False)
    """
    return name.isprintable() and "`" not in name and bool(name.strip())


def table_of(table: Table) -> str:
    """Return a table or file as it stands behind `from`.

    Example:
        >>> table_of(Table(("sales", "all orders"))), table_of(Table(("data/a.csv",), is_file=True))
        ('sales.`all orders`', '"data/a.csv"')
    """
    return text_of(table.name) if table.is_file else ".".join(map(name_of, table.parts))


def text_of(text: str) -> str:
    r"""Return a text in quotes.

    Example:
        >>> print(text_of('say "hi"'))
        "say \"hi\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def told(name: str) -> str:
    r"""Return a name as a comment can say it, which ends with its line.

    Example:
        >>> told("a\nb")
        'a?b'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def word_of(name: str) -> str:
    """Return a name as a part of another.

    Example:
        >>> word_of("page view")
        'page_view'
    """
    return re.sub(r"\W", "_", name)
