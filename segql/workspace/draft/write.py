"""A draft as the text of a new project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from segql.catalog import Table
from segql.types import Kind, Type
from segql.workspace.draft.facts import TableFacts
from segql.workspace.draft.guess import Belonging, Draft, Happening, Reference

# Words with a meaning everywhere; as a name each stands in backticks.
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
        "true",
        "false",
        "now",
        "today",
        "everyone",
        "nobody",
    }
)
_PLAIN = re.compile(r"[^\W\d]\w*")


def catalog_text(drafted: Draft) -> str:
    """Return the text of `catalog.seg`.

    Example:
        print(catalog_text(draft(tables)))
    """
    blocks = [
        _HEAD,
        _block(_entity(drafted)),
        *(_block(_happening(each, drafted.entity)) for each in drafted.happenings),
        *(_block(_belonging(each, drafted.entity)) for each in drafted.belongings),
        *(_block(_reference(each)) for each in drafted.references),
    ]
    if drafted.unused:
        names = ", ".join(each.table.name for each in drafted.unused)
        blocks.append(f"# Not used, since nothing in it names a {drafted.entity}: {names}\n")
    blocks.append(_block(_example(drafted)))
    return "\n".join(blocks)


_HEAD = """\
# What is known, and where it stands: drafted from the data, to be read and mended.
# `optional` says that a value can be missing.
"""


def settings_text(url: str | None) -> str:
    """Return the text of `segql.toml`; `url` is that of the database, or None for files alone.

    Example:
        >>> "timezone" in settings_text(None)
        True
    """
    lines = [
        "# Days, weeks and months begin at midnight here.",
        'timezone = "UTC"',
        "",
        "# The instant to ask for, if it is not the moment of the run.",
        '# as_of = "2026-01-01"',
    ]
    if url is not None:
        escaped = url.replace("\\", "\\\\").replace('"', '\\"')
        lines += ["", "[connections.default]", f'url = "{escaped}"']
    return "\n".join(lines) + "\n"


def empty_catalog() -> str:
    """Return the text of `catalog.seg` for a project that has nothing to draft it from.

    Example:
        >>> "entity customer" in empty_catalog()
        True
    """
    return _EMPTY


_EMPTY = """\
# What is known about people, and where it stands. Put your own names and fields in their places.
# `segql init --from` drafts this from a database or files; `segql init --demo` shows a whole shop.

entity customer
    from customers                    # a table; a file is written "data/customers.csv"
    key customer_id
    age           integer optional    # optional: the value can be missing
    country       text
    signed_up_at  timestamp

events purchase of customer
    from orders
    by customer_id                    # the column that names the customer
    at ordered_at
    amount        decimal

# Segments can stand here, or in files of their own, in any folder.

segment young_repeat_buyers
    "Under 30 and bought at least twice in the last 90 days."
    where age < 30
      and did purchase at least twice in last 90 days
"""


def _entity(drafted: Draft) -> Iterator[str]:
    yield f"entity {_name(drafted.entity)}"
    yield f"from {_table(drafted.facts.table)}"
    yield f"key {_name(drafted.key)}"
    yield from _fields(drafted.facts, set())


def _happening(found: Happening, entity: str) -> Iterator[str]:
    yield f"events {_name(found.name)} of {_name(entity)}"
    yield f"from {_table(found.facts.table)}"
    yield f"by {_name(found.by)}"
    yield f"at {_name(found.at)}"
    # The type of `at` is worth a line only where it is a date, whose midnight is the project's.
    is_date = found.facts.column(found.at).type.kind is Kind.DATE
    yield from _fields(found.facts, {found.by, *(() if is_date else (found.at,))})


def _belonging(found: Belonging, entity: str) -> Iterator[str]:
    yield f"many {_name(found.name)} of {_name(entity)}"
    yield f"from {_table(found.facts.table)} by {_name(found.by)}"
    yield from _fields(found.facts, {found.by})


def _reference(found: Reference) -> Iterator[str]:
    yield f"one {_name(found.name)} of {_name(found.owner)}"
    table = _table(found.facts.table)
    yield f"from {table} key {_name(found.key)} by {_name(found.by)}"
    yield from _fields(found.facts, {found.key})


def _fields(facts: TableFacts, known: set[str]) -> Iterator[str]:
    columns = [each for each in facts.columns if each.name not in known]
    width = max((len(_name(each.name)) for each in columns if _word(each.type)), default=0)
    for each in columns:
        word = _word(each.type)
        if word is None:
            yield f"# {each.name}: {each.engine_type}, which the language has no type for"
        else:
            optional = " optional" if each.is_missing else ""
            yield f"{_name(each.name):<{width}}  {word}{optional}"


def _example(drafted: Draft) -> Iterator[str]:
    yield "# A first segment, to be changed. Take the marks away, or write your own in segments/."
    yield "#"
    if drafted.happenings:
        event = drafted.happenings[0].name
        yield f"# segment recent_{_word_of(event)}"
        yield f'#     "Has at least one {event} in the last 90 days."'
        yield f"#     where did {_name(event)} in last 90 days"
        return
    yield f"# segment every_{_word_of(drafted.entity)}"
    yield f'#     "Every {drafted.entity} that there is."'
    yield "#     where everyone"


def _block(lines: Iterator[str] | Sequence[str]) -> str:
    first, *rest = lines
    is_comment = first.startswith("#")
    return "".join(f"{line}\n" for line in (first, *(rest if is_comment else map(_indented, rest))))


def _indented(line: str) -> str:
    return f"    {line}"


def _word(type_: Type) -> str | None:
    """Return a type as a catalog writes it, or None where the language has no such type."""
    match type_.kind:
        case Kind.UNKNOWN:
            return None
        case Kind.LIST:
            item = _word(type_.item) if type_.item else None
            return None if item is None else f"list of {item}"
        case _:
            return type_.kind.value


def _table(table: Table) -> str:
    if table.is_file:
        return '"' + table.name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return ".".join(map(_name, table.parts))


def _name(name: str) -> str:
    is_plain = bool(_PLAIN.fullmatch(name)) and name.lower() not in _WORDS
    return name if is_plain else f"`{name}`"


def _word_of(name: str) -> str:
    return re.sub(r"\W", "_", name)
