"""What goes wrong in the lines of a declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from segql.diagnostics import Diagnostic, Edit
from segql.source import Span
from segql.syntax import errors
from segql.syntax.cutting import DECLARATIONS
from segql.syntax.mending.habit import Habit, changed
from segql.syntax.mending.mend import HOLE, Mend, Spot

_WORDS = "|".join(DECLARATIONS)
# What each declaration needs, in order; what a reader is told about it; what stands in its place meanwhile.
_NEEDED = {
    "entity": ("FROM", "KEY"),
    "events": ("OF", "FROM", "BY", "AT"),
    "one": ("OF", "FROM", "KEY", "BY"),
    "many": ("OF", "FROM", "BY"),
    "list": ("OF", "FROM", "KEY"),
    "segment": ("WHERE",),
    "trait": ("COMPARE",),
    "param": ("COMPARE",),
    "split": ("OF", "SEED"),
}
_CLAUSES = {
    "FROM": ("from", "write `from` and a table, or a file in quotes, as in `from customers`"),
    "KEY": ("key", "write `key` and the column that names each one, as in `key customer_id`"),
    "BY": ("by", "write `by` and the column that names the owner, as in `by customer_id`"),
    "AT": ("at", "write `at` and the column with the instant, as in `at ordered_at`"),
    "OF": ("of", "write `of` and an entity after the name, as in `events purchase of customer`"),
    "SEED": ("seed", "write `seed` and a text in quotes"),
    "WHERE": ("where", "write `where` and the condition, on an indented line"),
    "COMPARE": ("=", "write `=` and the value"),
}
_OPERATORS = ("is", "in", "between", "contains", "starts", "ends", "like", "matches", "has")
_FILLED = {
    "FROM": " from _",
    "KEY": " key _",
    "BY": " by _",
    "AT": " at _",
    "OF": " of _",
    "SEED": ' seed "_"',
    "WHERE": f" where {HOLE}",
    "COMPARE": f" = {HOLE}",
}


def _name(span: Span, ours: str, why: str) -> Diagnostic:
    return errors.wrong_name(span, ours, why)


def _joined(found: re.Match[str]) -> str:
    return re.sub(r"\W+", "_", found["at"].strip("\"'“”")).strip("_")


def _ticked(found: re.Match[str]) -> str:
    return f"`{found['at'].strip(chr(34) + chr(39))}`"


def _parts(found: re.Match[str]) -> str:
    return ".".join(each if re.fullmatch(r"[^\W\d]\w*", each) else f"`{each}`" for each in found["at"].split("."))


_NO_SIGN = "the words alone say what belongs together"
_TYPES = "boolean|integer|decimal|float|text|date|timestamp|json|list"
_ONE_WORD = "a name is one word, or stands in backticks"

HEADERS: tuple[Habit, ...] = (
    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(rf"^(?:{_WORDS})[ \t]+(?P<at>[\"'“][^\"'”\n]*[\"'”])", _joined, _ONE_WORD, _name),
    Habit(rf"^(?:{_WORDS})[ \t]+(?P<at>\d\w*)", _ticked, "a name begins with a letter, or stands in backticks", _name),
    Habit(
        rf"^(?:{_WORDS})[ \t]+(?P<at>[^\W\d]\w*(?:[ \t]*[-–][ \t]*\w+|[ \t]+(?!(?:of|from|is|where|by|to|key)\b)[^\W\d]\w*)+)"  # noqa: E501
        r"(?=[ \t]*(?:\n|$|=|:|of\b))",
        _joined,
        _ONE_WORD,
        _name,
    ),
    # ── files and tables ─────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"from\s+(?P<at>[\w.~-]*(?:[/\\][\w.~-]+)+|[\w-]+\.(?:csv|parquet))", r'"\g<at>"', "a file stands in quotes"),
    Habit(r"from\s+(?P<at>[\w-]+(?:\.[\w-]+)*)", _parts, "a name with other signs stands in backticks"),
    # ── the words after a name ───────────────────────────────────────────────────────────────────────────────────────
    Habit(
        r"^segment\s+\S+?\s*(?P<at>=|when\b|if\b|:(?=[ \t]*\S))",
        " where",
        "the condition of a segment stands after `where`",
    ),
    Habit(r"^trait\s+\S+?\s*(?P<at>where\b|is\b|as\b|:)", " =", "a trait is its name, `=` and its value"),
    Habit(rf"^(?:{_WORDS})[ \t]+\S+?[ \t]*(?P<at>:)[ \t]*(?=\n)", "", _NO_SIGN),
    Habit(r"\n[ \t]*(?:owner|tags|from|key|by|at|to|seed)[ \t]*(?P<at>[=:])", "", _NO_SIGN),
    Habit(rf"\n[ \t]*(?:\w+|`[^`\n]*`)[ \t]*(?P<at>[=:])(?=[ \t]*(?:{_TYPES})\b)", "", _NO_SIGN),
    Habit(r"\n\s*owner\s+(?P<at>[^\s\"',]+)", r'"\g<at>"', "an owner stands in quotes"),
    Habit(r"\n\s*tags\s+(?:[^\n]*?,\s*)?(?P<at>[^\s\"',]+)", r'"\g<at>"', "a tag with other signs stands in quotes"),
    # ── types ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"(\w+)\s*\[\s*\]", r"list of \1", "a list says of what it is"),
    Habit(r"not\s+null(?!\w)", "", "a value is always there, unless the field is `optional`"),
    Habit(r"primary\s+key(?!\w)", "", "the key is named once, by `key` before the fields"),
    Habit(r"default\s+\S+", "", "a field is as the data holds it"),
)


def names(spot: Spot) -> Iterator[Mend]:
    """Yield mends for a name that is missing, or that is a hard word of the language."""
    start, end = spot.last
    if "NAME" not in spot.accepts and "ROW" not in spot.accepts:
        return
    is_after_word = spot.start == "declaration" and spot.text.text[start:end].lower() in DECLARATIONS
    if is_after_word and ("\n" in spot.text.text[end : spot.at] or not re.match(r"\w", spot.word)):
        name = f" `missing {spot.text.source_of(spot.at)}` "
        yield changed(spot, end, end, name, errors.missing_name(spot.span(start, end)))
    is_header = spot.start == "declaration" and "HOLE" not in spot.accepts
    is_used = re.compile(rf"\s*(?:[=<>!.]|(?:{'|'.join(_OPERATORS)})\b)").match(spot.text.text, spot.end)
    if re.fullmatch(r"[^\W\d]\w*", spot.word) and (is_header or is_used):
        ticked = f"`{spot.word}`"
        why = f"`{spot.word.lower()}` is a word of the language; as a name it stands in backticks"
        problem = errors.wrong_name(spot.span(spot.at, spot.end), ticked, why)
        # In a header the name is known to be right; in a condition it may not even be meant as one.
        yield changed(spot, spot.at, spot.end, ticked if is_header else HOLE, problem)


def clauses(spot: Spot) -> Iterator[Mend]:
    """Yield mends for clauses of a header that are missing, that are empty, or that stand in another order."""
    word = re.match(r"\w+", spot.text.text)
    if spot.start != "declaration" or word is None:
        return
    needed = [each for each in _NEEDED.get(word[0].lower(), ()) if each in spot.accepts][:1]
    if not needed or (needed == ["WHERE"] and "AND" in spot.accepts):
        yield from _empty(spot)
        return
    order = _NEEDED[word[0].lower()]
    chain = order[order.index(needed[0]) :]
    yield from _moved(spot, chain)
    yield from _empty(spot)
    _, end = spot.last
    for count in range(1, len(chain) + 1):
        missing = chain[:count]
        hint = "; ".join(_CLAUSES[each][1] for each in missing)
        problem = errors.missing_clause(spot.span(*word.span()), [_CLAUSES[each][0] for each in missing], hint)
        filled = "".join(_FILLED[each] for each in missing)
        mend = changed(spot, end, end, filled, problem, beyond=spot.at)
        yield replace(mend, is_made_up=HOLE not in filled)


def _moved(spot: Spot, chain: tuple[str, ...]) -> Iterator[Mend]:
    """Yield the mend that moves lines further down to where they belong."""
    later: list[re.Match[str]] = []
    for each in chain:
        found = re.compile(rf"\n[ \t]*(?P<at>{_CLAUSES[each][0]}\b[^\n]*)").search(spot.text.text, spot.at)
        if found is None:
            break
        later.append(found)
    _, end = spot.last
    for count in range(1, len(later) + 1):
        lines = later[:count]
        moved = Edit(spot.span(end, end), "".join(f"\n    {each['at']}" for each in lines))
        edits = (moved, *(Edit(spot.span(*each.span()), "") for each in lines))
        first = " and ".join(f"`{_CLAUSES[each][0]}`" for each in chain[:count])
        why = f"{first} {'stands' if count == 1 else 'stand'} before `{' '.join(spot.word.split())}`"
        problem = errors.wrong_order(spot.span(*lines[0].span("at")), "", why, edits)
        yield Mend(problem, edits, spot.text.source_of(spot.at))


def _empty(spot: Spot) -> Iterator[Mend]:
    """Yield the mend for a clause that stands on its line without a name behind it."""
    lines = re.compile(r"\n[ \t]*(?P<at>from|key|by|at|to)[ \t]*(?=\n|$)", re.IGNORECASE)
    found = [each for each in lines.finditer(spot.text.text) if each.end() <= spot.end]
    if found:
        start, end = found[-1].span("at")
        hint = _CLAUSES.get(found[-1]["at"].upper(), ("", "write the name of an entity"))[1]
        problem = errors.missing_value(spot.span(start, end), "after", hint, "name")
        yield replace(changed(spot, end, end, " _", problem, beyond=spot.at), is_made_up=True)


def lines(spot: Spot) -> Iterator[Mend]:
    """Yield mends for lines of a segment that stand where they do not belong."""
    if spot.start != "declaration":
        return
    start, end = spot.line()
    line = spot.text.text[start:end]
    is_segment = re.match(r"segment\b", spot.text.text, re.IGNORECASE) is not None
    has_where = re.search(r"\n\s*where\b", spot.text.text[:start], re.IGNORECASE)
    if (
        is_segment
        and has_where is None
        and start > 0
        and not re.match(r"\s*(?:where|owner|tags|[\"'“])", line, re.IGNORECASE)
    ):
        at = start + len(line) - len(line.lstrip())
        yield changed(
            spot, at, at, "where ", errors.missing_where(spot.span(at, end), spot.span(at, at)), beyond=spot.at
        )
    is_said = re.match(r"\s*(?:owner|tags)\b", line, re.IGNORECASE)
    is_description = has_where is None and re.match(r"\s*[\"'][^\"'\n]*[\"']\s*$", line)
    if is_segment and start > 0 and ((is_said and has_where) or is_description):
        body = line.strip()
        place = has_where.start() if has_where else spot.text.text.find("\n")
        edits = (Edit(spot.span(place, place), f"\n    {body}"), Edit(spot.span(start - 1, end), ""))
        why = "a description follows the name" if is_description else "`owner` and `tags` stand before `where`"
        problem = errors.wrong_order(spot.span(end - len(line.lstrip()), end), "", why, edits)
        yield Mend(problem, edits, spot.text.source_of(spot.at))


# A header and, on its last line, what a condition begins with.
_HEADER = r"segment[ \t]+(?!where\b)(?:`[^`\n]*`|[^\W\d]\w*)(?:\s+of\s+(?:`[^`\n]*`|\w+))?"
_SAID = r"(?:\s+(?:owner\s+|tags\s+(?:\"[^\"\n]*\"\s*,\s*)*)?\"[^\"\n]*\")*"
_VALUE = r"(?:`[^`\n]*`|[^\W\d]\w*)(?:\.(?:`[^`\n]*`|\w+))*"
_SAME_LINE = re.compile(
    rf"{_HEADER}{_SAID}[ \t]+(?P<at>(?!(?:where|of|owner|tags|when|if)\b)"
    rf"(?:(?:did|not|in|any|no|every|everyone|nobody)\b|{_VALUE}\s*(?:[<>!(]|=|(?:{'|'.join(_OPERATORS)})\b))[^\n]*)",
    re.IGNORECASE,
)


def same_line(spot: Spot) -> Iterator[Mend]:
    """Yield the mend for a segment whose condition follows its name without `where`."""
    found = _SAME_LINE.match(spot.text.text)
    if found is None or spot.start != "declaration" or spot.at > found.end("at"):
        return
    start, end = found.span("at")
    problem = errors.missing_where(spot.span(start, end), spot.span(start, start))
    yield changed(spot, start, start, "where ", problem, beyond=spot.at)


def types(spot: Spot) -> Iterator[Mend]:
    """Yield the mend for a param without a type: that of its value."""
    found = re.match(r"param\s+(?:`[^`\n]*`|\w+)(?P<at>\s*)=\s*(?P<value>\S+)", spot.text.text, re.IGNORECASE)
    if found is None or found.end("at") != spot.at:
        return
    value = found["value"]
    kinds = (
        (r"\d{4}-\d\d-\d\d", "date"),
        (r"\d{4}-\d\d-\d\dT.*", "timestamp"),
        (r"-?\d[\d_]*", "integer"),
        (r"-?\d[\d_.]*%?", "decimal"),
        (r"[\"'].*", "text"),
        (r"true|false", "boolean"),
    )
    type_ = next((name for pattern, name in kinds if re.fullmatch(pattern, value)), "decimal")
    start = found.start("at")
    problem = errors.missing_type(spot.span(0, start), type_, spot.span(start, start))
    yield changed(spot, start, start, f" {type_}", problem, beyond=spot.at)
