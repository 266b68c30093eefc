"""The columns of a table as the fields of a declaration."""

from __future__ import annotations

from collections.abc import Iterator

from segql.types import Kind, Type
from segql.workspace.draft.facts import ColumnFacts, TableFacts
from segql.workspace.draft.script import can_be_written, name_of, text_of, told

# More values than this are no list that somebody reads.
_VALUES_MOST = 40
_COMMENT_MOST = 90


def fields(facts: TableFacts, known: set[str]) -> Iterator[str]:
    """Yield the lines of all columns but the known ones; a comment for one that the language cannot read.

    Example:
        list(fields(facts, {"customer_id"}))
    """
    columns = [each for each in facts.columns if each.name not in known]
    written = [each for each in columns if _type(each) and can_be_written(each.name)]
    width = max((len(name_of(each.name)) for each in written), default=0)
    for each in columns:
        word = _type(each)
        if word is None:
            yield f"# {told(each.name)}: {told(each.engine_type)}, which the language has no type for"
        elif not can_be_written(each.name):
            yield f"# {told(each.name)}: a name that the language cannot write; give it another in a view"
        else:
            optional = " optional" if each.is_missing else ""
            yield f"{name_of(each.name):<{width}}  {word}{optional}{_values(each)}{_comment(each)}"


def _values(column: ColumnFacts) -> str:
    if not 0 < len(column.values) <= _VALUES_MOST:
        return ""
    return f" one of ({', '.join(map(text_of, column.values))})"


def _comment(column: ColumnFacts) -> str:
    said = " ".join(column.comment.split())
    if len(said) > _COMMENT_MOST:
        said = said[:_COMMENT_MOST].rsplit(" ", 1)[0] + " …"
    return f" {text_of(said)}" if said else ""


def _type(column: ColumnFacts) -> str | None:
    """Return the type of a column as a catalog writes it, or None where the language has no such type."""
    # An enum whose values are too many to list cannot be read as text on every engine.
    return "text" if 0 < len(column.values) <= _VALUES_MOST else _word(column.type)


def _word(type_: Type) -> str | None:
    match type_.kind:
        case Kind.UNKNOWN:
            return None
        case Kind.LIST:
            item = _word(type_.item) if type_.item else None
            return None if item is None else f"list of {item}"
        case _:
            return type_.kind.value
