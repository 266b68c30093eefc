"""Small questions that several rules ask about what was written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TypeAlias

from segql.diagnostics import Edit
from segql.source import Span
from segql.syntax import ast
from segql.tree import Node

Value: TypeAlias = int | Decimal | str | dt.date | dt.datetime

CONSTANTS = (ast.Text, ast.Number, ast.Percent, ast.Boolean, ast.Date, ast.Timestamp, ast.Duration)


def bare(node: Node) -> Node:
    """Return what stands in brackets, however many."""
    while isinstance(node, ast.Group):
        node = node.inner
    return node


def is_constant(node: Node) -> bool:
    """Say whether a value is written out, maybe with a minus."""
    node = bare(node)
    return isinstance(node, CONSTANTS) or (isinstance(node, ast.Negative) and is_constant(node.operand))


def value_of(node: Node) -> Value | None:
    """Return a number, percentage, text, date or timestamp that is written out, or None."""
    match bare(node):
        case ast.Number(value=value):
            return value
        case ast.Percent(value=value):
            return value / 100
        case ast.Text(value=text):
            return text
        case ast.Date(value=day):
            return day
        case ast.Timestamp(value=moment):
            return moment
        case ast.Negative(operand=operand):
            positive = value_of(operand)
            return -positive if isinstance(positive, int | Decimal) else None
    return None


def put(span: Span, text: str) -> list[Edit]:
    """Return the edits that put a text in one place."""
    return [Edit(span, text)]


def has_comment(span: Span) -> bool:
    """Say whether a place may hold a comment, which a fix would lose."""
    return "#" in span.text


def keeps_comments(gone: Span) -> bool:
    """Say whether no comment would be lost with what is taken away, or would stand behind something else after it."""
    source = gone.source
    behind = source.line_text(source.line_of(gone.end))[source.column_of(gone.end) - 1 :]
    return not has_comment(gone) and ("\n" not in gone.text or "#" not in behind)


def joined_to(before: Node, gone: Node) -> Span:
    """Return the place from behind one operand to the end of a later one: what to take away with it."""
    return before.span.source.span(before.span.end, gone.span.end)


def said_of(segment: ast.Segment, word: str) -> list[str]:
    """Return what a segment says about itself behind a word, such as `owner` or `tags`."""
    return [
        value.value if isinstance(value, ast.Text) else value.text
        for each in segment.metadata
        if each.word.text.lower() == word
        for value in each.values
    ]


def is_inside(part: Span, whole: Span) -> bool:
    """Say whether a place is a part of another one."""
    is_same = part.source.name == whole.source.name
    return is_same and whole.start <= part.start and part.end <= whole.end and part != whole
