"""What goes wrong in the lines of a declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from segql.diagnostics import Diagnostic, Edit
from segql.source import Span
from segql.syntax import errors
from segql.syntax.cutting import DECLARATIONS
from segql.syntax.mending.habit import Habit, changed
from segql.syntax.mending.mend import HOLE, Mend, Spot

_WORDS = "|".join(DECLARATIONS)
# What a reader is told about each clause that is missing.
_CLAUSES = {
    "FROM": ("from", "`from` and a table, or a file in quotes, as in `from customers`"),
    "KEY": ("key", "`key` and the column that names each one, as in `key customer_id`"),
    "BY": ("by", "`by` and the column that names the owner, as in `by customer_id`"),
    "AT": ("at", "`at` and the column with the instant, as in `at ordered_at`"),
    "OF": ("of", "`of` and an entity after the name, as in `events purchase of customer`"),
    "SEED": ("seed", "`seed` and a text in quotes"),
    "WHERE": ("where", "`where` and the condition, on an indented line"),
    "COMPARE": ("=", "`=` and the value"),
}
_FILLED = {"FROM": " from _", "KEY": " key _", "BY": " by _", "AT": " at _", "OF": " of _", "SEED": ' seed "_"', "WHERE": f" where {HOLE}", "COMPARE": f" = {HOLE}"}


def _name(span: Span, ours: str, why: str) -> Diagnostic:
    return errors.wrong_name(span, ours, why)


def _joined(found: re.Match[str]) -> str:
    return re.sub(r"\W+", "_", found["at"].strip("\"'“”")).strip("_")


def _ticked(found: re.Match[str]) -> str:
    return f"`{found['at'].strip(chr(34) + chr(39))}`"


def _parts(found: re.Match[str]) -> str:
    return ".".join(each if re.fullmatch(r"[^\W\d]\w*", each) else f"`{each}`" for each in found["at"].split("."))


_ONE_WORD = "a name is one word, or stands in backticks"

HEADERS: tuple[Habit, ...] = (
    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(rf"^(?:{_WORDS})[ \t]+(?P<at>[\"'“][^\"'”\n]*[\"'”])", _joined, _ONE_WORD, _name),
    Habit(rf"^(?:{_WORDS})[ \t]+(?P<at>\d\w*)", _ticked, "a name begins with a letter, or stands in backticks", _name),
    Habit(
        rf"^(?:{_WORDS})[ \t]+(?P<at>[^\W\d]\w*(?:[ \t]*[-–][ \t]*\w+|[ \t]+(?!(?:of|from|is|where|by|to|key)\b)[^\W\d]\w*)+)(?=[ \t]*(?:\n|$|=|:|of\b))",
        _joined,
        _ONE_WORD,
        _name,
    ),
    # ── files and tables ─────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"from\s+(?P<at>[\w.~-]*(?:[/\\][\w.~-]+)+|[\w-]+\.(?:csv|parquet))", r'"\g<at>"', "a file stands in quotes"),
    Habit(r"from\s+(?P<at>[\w-]+(?:\.[\w-]+)*)", _parts, "a name with other signs stands in backticks"),
    # ── the words after a name ───────────────────────────────────────────────────────────────────────────────────────
    Habit(r"^segment\s+\S+\s*(?P<at>=|when\b|if\b|:(?=[ \t]*\S))", " where ", "the condition of a segment stands after `where`"),
    Habit(r"^trait\s+\S+\s*(?P<at>where\b|is\b|as\b|:)", " = ", "a trait is its name, `=` and its value"),
    Habit(r"(?P<at>[=:])(?=[ \t]*[\w\"'])", "", "the words alone say what belongs together"),
    Habit(r"\n\s*owner\s+(?P<at>[^\s\"',]+)", r'"\g<at>"', "an owner stands in quotes"),
    Habit(r"\n\s*tags\s+(?:[^\n]*?,\s*)?(?P<at>[^\s\"',]+)", r'"\g<at>"', "a tag with other signs stands in quotes"),
    # ── types ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"(\w+)\s*\[\s*\]", r"list of \1", "a list says of what it is"),
    Habit(r"not\s+null(?!\w)", "", "a value is always there, unless the field is `optional`"),
    Habit(r"primary\s+key(?!\w)", "", "the key is named once, by `key` before the fields"),
    Habit(r"default\s+\S+", "", "a field is as the data holds it"),
)


def names(spot: Spot) -> Iterator[Mend]:
    """Yield mends for a name that is a hard word of the language, or that is missing."""
    start, end = spot.last
    if "NAME" not in spot.accepts:
        return
    if re.fullmatch(r"[^\W\d]\w*", spot.word):
        ticked = f"`{spot.word}`"
        why = f"`{spot.word.lower()}` is a word of the language; as a name it stands in backticks"
        yield changed(spot, spot.at, spot.end, ticked, errors.wrong_name(spot.span(spot.at, spot.end), ticked, why))
    if spot.start == "declaration" and spot.text.text[start:end].lower() in DECLARATIONS:
        name = f" `missing {spot.text.source_of(spot.at)}` "
        yield changed(spot, end, end, name, errors.missing_name(spot.span(start, end)))


def clauses(spot: Spot) -> Iterator[Mend]:
    """Yield mends for clauses of a header that are missing, or that stand in another order."""
    if spot.start != "declaration":
        return
    needed = next((each for each in _CLAUSES if each in spot.accepts), None)
    word = re.match(r"\w+", spot.text.text)
    if needed is None or word is None or ("AND" in spot.accepts and needed == "WHERE"):
        return
    _, end = spot.last
    clause, hint = _CLAUSES[needed]
    later = re.compile(rf"\n[ \t]*(?P<at>{clause}\b[^\n]*)").search(spot.text.text, spot.at)
    if later is not None and clause.isalpha():
        gone, moved = spot.span(*later.span()), spot.span(end, end)
        edits = (Edit(moved, f"\n    {later['at']}"), Edit(gone, ""))
        first = " ".join(spot.word.split())
        problem = errors.wrong_order(spot.span(*later.span("at")), "", f"`{clause}` stands before `{first}`", edits)
        yield Mend(problem, edits, spot.text.source_of(spot.at))
    inserted = ""
    missing: list[str] = []
    for each in _chain(needed, word[0].lower()):
        missing.append(_CLAUSES[each][0])
        inserted += _FILLED[each]
        hint = _CLAUSES[each][1] if len(missing) == 1 else f"{hint}; then {_CLAUSES[each][1]}"
        problem = errors.missing_clause(spot.span(*word.span()), missing, hint)
        yield changed(spot, end, end, inserted, problem, beyond=spot.at)


def _chain(needed: str, word: str) -> list[str]:
    """Return the clauses that may be missing together, from the first."""
    order = {"entity": ["FROM", "KEY"], "events": ["OF", "FROM", "BY", "AT"], "many": ["OF", "FROM", "BY"], "one": ["OF", "FROM", "KEY", "BY"], "list": ["OF", "FROM", "KEY"]}.get(word, [])
    return order[order.index(needed) :] if needed in order else [needed]


def rows(spot: Spot) -> Iterator[Mend]:
    """Yield mends for lines of a segment that stand where they do not belong."""
    if spot.start != "declaration":
        return
    start, end = spot.line()
    line = spot.text.text[start:end]
    is_segment = re.match(r"segment\b", spot.text.text, re.IGNORECASE) is not None
    has_where = re.search(r"\n\s*where\b", spot.text.text[:start], re.IGNORECASE)
    if is_segment and has_where is None and start > 0 and not re.match(r"\s*(?:where|owner|tags|[\"'“])", line, re.IGNORECASE):
        at = start + len(line) - len(line.lstrip())
        yield changed(spot, at, at, "where ", errors.missing_where(spot.span(at, end), spot.span(at, at)), beyond=spot.at)
    is_said = re.match(r"\s*(?:owner|tags)\b", line, re.IGNORECASE)
    is_description = has_where is None and re.match(r"\s*[\"'][^\"'\n]*[\"']\s*$", line)
    if is_segment and start > 0 and ((is_said and has_where) or is_description):
        body = line.strip()
        place = has_where.start() if has_where else spot.text.text.find("\n")
        edits = (Edit(spot.span(place, place), f"\n    {body}"), Edit(spot.span(start - 1, end), ""))
        why = "a description follows the name" if is_description else "`owner` and `tags` stand before `where`"
        problem = errors.wrong_order(spot.span(end - len(line.lstrip()), end), "", why, edits)
        yield Mend(problem, edits, spot.text.source_of(spot.at))


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
