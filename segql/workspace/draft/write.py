"""A draft as the text of a new project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from segql.catalog import Table
from segql.types import Kind
from segql.workspace.draft.facts import SAMPLE, TableFacts
from segql.workspace.draft.fields import fields
from segql.workspace.draft.guess import Belonging, Draft, Happening, Reference
from segql.workspace.draft.notes import notes
from segql.workspace.draft.script import name_of, table_of, told, word_of


def catalog_text(drafted: Draft, quoted: Callable[[str], str], source: Callable[[Table], str]) -> str:
    """Return the text of `catalog.seg`; `quoted` and `source` write columns and tables in the database's own way.

    Example:
        print(catalog_text(draft(tables), backend.quoted, backend.source))
    """
    blocks = [
        _HEAD,
        _block(_entity(drafted)),
        *(_block(_happening(each, drafted)) for each in drafted.happenings),
        *(_block(_belonging(each, drafted)) for each in drafted.belongings),
        *(_block(_reference(each, drafted)) for each in drafted.references),
        *(_block(each) for each in notes(drafted, quoted, source)),
        _block(_example(drafted)),
    ]
    return "\n".join(blocks)


_HEAD = """\
# What is known, and where it stands: drafted from the data, to be read and mended.
# `optional` says that a value can be missing.
"""


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
    yield f"entity {name_of(drafted.entity)}"
    yield f"from {table_of(drafted.facts.table)}"
    yield f"key {name_of(drafted.key)}{_doubt(drafted.facts, drafted.key)}"
    yield from fields(drafted.facts, _given_away(drafted.entity, drafted))


def _happening(found: Happening, drafted: Draft) -> Iterator[str]:
    yield f"events {name_of(found.name)} of {name_of(drafted.entity)}"
    yield f"from {table_of(found.facts.table)}"
    yield f"by {name_of(found.by)}{_guessed(found, drafted)}"
    yield f"at {name_of(found.at)}"
    # The type of `at` is worth a line only where it is a date, whose midnight is the project's.
    is_date = found.facts.column(found.at).type.kind is Kind.DATE
    known = {found.by, *(() if is_date else (found.at,)), *_given_away(found.name, drafted)}
    yield from fields(found.facts, known)


def _belonging(found: Belonging, drafted: Draft) -> Iterator[str]:
    yield f"many {name_of(found.name)} of {name_of(drafted.entity)}"
    yield f"from {table_of(found.facts.table)} by {name_of(found.by)}{_guessed(found, drafted)}"
    yield from fields(found.facts, {found.by, *_given_away(found.name, drafted)})


def _reference(found: Reference, drafted: Draft) -> Iterator[str]:
    head = f"one {name_of(found.name)} of {name_of(found.owner)}"
    if found.is_member:
        yield f"{head} to {name_of(drafted.entity)} by {name_of(found.by)}"
        return
    yield head
    yield f"from {table_of(found.facts.table)} key {name_of(found.key)} by {name_of(found.by)}"
    # What names the row is known from the column that leads to it, unless that gave way to the relation.
    known = set() if found.by in _given_away(found.owner, drafted) else {found.key}
    yield from fields(found.facts, known)


def _given_away(owner: str, drafted: Draft) -> set[str]:
    """Return the columns of an owner that are called like the relation that they begin."""
    return {each.by for each in drafted.references if each.owner == owner and each.name == each.by.casefold()}


def _guessed(found: Happening | Belonging, drafted: Draft) -> str:
    return "" if found.is_sure else f"  # guessed: is it a {told(drafted.entity)}?"


def _doubt(facts: TableFacts, key: str) -> str:
    """Return a comment on a key that no database vouches for and that was not seen to the end."""
    if facts.key == key or facts.is_whole:
        return ""
    return f"  # no two of the first {SAMPLE:,} rows have the same; `segql check --live` looks at all"


def _example(drafted: Draft) -> Iterator[str]:
    yield "# A first segment, to be changed. Take the marks away, or write your own in segments/."
    yield "#"
    if drafted.happenings:
        event = drafted.happenings[0].name
        yield f"# segment recent_{word_of(event)}"
        yield f'#     "Has at least one {told(event)} in the last 90 days."'
        yield f"#     where did {name_of(event)} in last 90 days"
        return
    yield f"# segment every_{word_of(drafted.entity)}"
    yield f'#     "Every {told(drafted.entity)} that there is."'
    yield "#     where everyone"


def _block(lines: Iterator[str] | Sequence[str]) -> str:
    first, *rest = lines
    is_comment = first.startswith("#")
    return "".join(f"{line}\n" for line in (first, *(rest if is_comment else map(_indented, rest))))


def _indented(line: str) -> str:
    return f"    {line}"
