"""What is missing between two words, or one too many: brackets, commas, `and`, whole values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from segql.diagnostics import Edit
from segql.syntax import errors
from segql.syntax.mending.habit import changed, with_space
from segql.syntax.mending.mend import HOLE, Mend, Spot

_JOINS = r"and|or|not|then|where|when"
_OPERATORS = r"=|<|>|between|in|contains|with|like|matches|has|than|since|before|after|to|of|did|is"
_START = r"(?:^|(?<=[(,])|\b(?:and|or|not|where)\s)\s*"
_WORD = re.compile(r"\s*(?:[^\W\d]\w*|\d[\w.]*|\"[^\"\n]*\"|\S)")


def too_many(spot: Spot) -> Iterator[Mend]:
    """Yield the mend for a closing bracket that closes nothing, or for a join that stands twice."""
    start, last = spot.last
    word, before = spot.word.lower(), spot.text.text[start:last].lower()
    if word == ")" and not open_brackets(spot):
        yield changed(spot, spot.at, spot.at + 1, "", errors.unopened_bracket(spot.span(spot.at, spot.at + 1)))
    is_call = spot.text.text[spot.end : spot.end + 1] == "("
    if word in {"and", "or"} and word == before and not is_call:
        end = with_space(spot.text.text, spot.at, spot.end)
        yield changed(
            spot, spot.at, end, "", errors.repeated_word(spot.span(spot.at, spot.end), spot.span(spot.at, end))
        )
    if (
        word == "where"
        and spot.start == "declaration"
        and re.search(r"\bwhere\b", spot.text.text[: spot.at], re.IGNORECASE)
    ):
        why = "conditions are joined with `and` and `or`"
        yield changed(spot, spot.at, spot.end, "and", errors.foreign_spelling(spot.span(spot.at, spot.end), "and", why))


def calls(spot: Spot) -> Iterator[Mend]:
    """Yield the mend for conditions inside the brackets of a function: `AND(a, b)`, `IF(a, true, false)`."""
    functions = re.compile(r"(?<!\w)(?P<name>and|or|if|iif|countifs?|sumifs?|averageifs?)\s*\(", re.IGNORECASE)
    for found in functions.finditer(spot.text.text, max(0, spot.at - 2_000), spot.at + 20):
        name = found["name"].lower()
        commas, closing = _parts(spot, found.end())
        if closing is None or not found.start() <= spot.at <= closing:
            continue
        shown = spot.span(*found.span("name"))
        opening = spot.span(found.start(), found.end())
        if name in {"and", "or"}:
            edits = [Edit(opening, "("), *(Edit(spot.span(at, at + 1), f" {name}") for at in commas)]
            why = f"`{name}` stands between the conditions"
        elif name in {"if", "iif"}:
            rest = spot.text.text[commas[0] : closing].lower() if commas else ""
            if re.sub(r"\s", "", rest) not in {"", ",true", ",true,false", ",1,0", ",true,null"}:
                why = "write the condition itself; several outcomes are declared with `tiers`"
                hole = Edit(spot.span(found.start(), closing + 1), HOLE)
                yield Mend(errors.foreign_spelling(shown, "", why), (hole,), spot.text.source_of(spot.at))
                continue
            edits = [Edit(opening, "(")]
            edits += [Edit(spot.span(commas[0], closing), "")] if commas else []
            why = "write the condition itself"
        elif len(commas) == 1:
            ours = {"c": "count", "s": "sum", "a": "avg"}[name[0]]
            edits = [Edit(shown, ours), Edit(spot.span(commas[0], commas[0] + 1), " where")]
            why = "the condition stands after `where`, inside the brackets"
        else:
            continue
        ours = (
            ""
            if name in {"if", "iif"}
            else f"( … {name} … )"
            if name in {"and", "or"}
            else f"{edits[0].text}( … where … )"
        )
        yield Mend(errors.foreign_spelling(shown, ours, why, edits), tuple(edits), spot.text.source_of(spot.at))


def _parts(spot: Spot, start: int) -> tuple[list[int], int | None]:
    """Return where the commas of a bracket stand that begins before `start`, and where it closes."""
    depth = 0
    commas: list[int] = []
    for at in spot.signs("(),", start):
        sign = spot.text.text[at]
        if sign == "(":
            depth += 1
        elif sign == ")" and depth == 0:
            return commas, at
        elif sign == ")":
            depth -= 1
        elif depth == 0:
            commas.append(at)
    return commas, None


def rows(spot: Spot) -> Iterator[Mend]:
    """Yield mends for the brackets that `where` needs, and for rows without `any`."""
    for found in spot.around(r"where\s+(?P<at>[^\s(][^\n]*?)(?=\s+(?:and|or|then)\b|[ \t]*(?:\n|$)|\))"):
        start, end = found.span("at")
        if start == spot.at:
            edits = (Edit(spot.span(start, start), "("), Edit(spot.span(end, end), ")"))
            yield Mend(errors.missing_brackets(spot.span(start, end), edits), edits, spot.text.source_of(spot.at))
    for found in spot.around(r"(?<![\w.])(?P<name>[^\W\d]\w*)\s+where\s*\("):
        _, closing = _parts(spot, found.end())
        if found.end() - 1 > spot.at and closing is not None:
            edit = Edit(spot.span(found.start(), closing + 1), HOLE)
            problem = errors.quantifier_needed(spot.span(*found.span("name")))
            yield Mend(problem, (edit,), spot.text.source_of(spot.at))
    for found in spot.around(rf"{_START}(?P<at>in\s+(?:last|next|this|previous)\b)"):
        start = found.start("at")
        yield changed(spot, start, start, HOLE + " ", errors.window_alone(spot.span(*found.span("at"))))
    for found in spot.around(rf"{_START}(?P<at>in\s+(?P<name>[^\W\d]\w*))(?!\s*\()"):
        if found.start("name") == spot.at and found["name"].lower() not in {
            "segment",
            "list",
            "any",
            "last",
            "next",
            "this",
            "previous",
        }:
            problem = errors.set_needed(spot.span(*found.span("at")), found["name"])
            yield changed(spot, *found.span("at"), HOLE, problem)


def gaps(spot: Spot) -> Iterator[Mend]:
    """Yield mends for a sign or word that is missing before the place."""
    accepts, at = spot.accepts, spot.at
    _, end = spot.last
    if "RPAR" in accepts and spot.word:
        opened = open_brackets(spot)
        if opened:
            opening = opened[0]
            problem = errors.unclosed_bracket(spot.span(opening, opening + 1), spot.span(end, end), spot.word)
            yield changed(spot, end, end, ")", problem, beyond=at)
    if "COMMA" in accepts and re.match(r"[\"'\d]", spot.word):
        yield changed(spot, end, end, ",", errors.missing_comma(spot.span(at, spot.end), spot.span(end, end)))
    if "AND" in accepts and _begins_condition(spot.word):
        following = _WORD.match(spot.text.text, spot.end)
        past = following.end() if following else spot.end
        if not _is_name_alone(spot):
            place = spot.span(at, spot.end)
            yield changed(spot, end, end, " and ", errors.missing_join(place), beyond=past)
        else:
            start, _ = spot.last
            both = spot.span(start, spot.end)
            yield changed(spot, start, spot.end, HOLE, errors.names_side_by_side(both), beyond=past)


def _begins_condition(word: str) -> bool:
    return re.fullmatch(rf"(?!(?:{_JOINS})$)(?:[^\W\d]\w*|`[^`]*`|\()", word.lower()) is not None


def _is_name_alone(spot: Spot) -> bool:
    """Say whether the word before is a name that nothing has been said of: `home town = …`."""
    start, end = spot.last
    if not re.fullmatch(r"[^\W\d]\w*", spot.text.text[start:end]) or "COMPARE" not in spot.accepts:
        return False
    before = spot.text.text[:start].rstrip()
    return not re.search(rf"(?:{_OPERATORS}|\.|ago|now)$", before, re.IGNORECASE)


def open_brackets(spot: Spot) -> list[int]:
    """Return where the brackets stand that are open at the place, the innermost first."""
    open_ones: list[int] = []
    for at in spot.signs("()", 0, spot.at):
        if spot.text.text[at] == "(":
            open_ones.append(at)
        elif open_ones:
            open_ones.pop()
    return open_ones[::-1]


def unused_sign(spot: Spot) -> Iterator[Mend]:
    """Yield the mend that takes out a sign without any meaning."""
    if not spot.is_word and re.fullmatch(r"[^\w\s\"'`]", spot.word):
        following = _WORD.match(spot.text.text, spot.end)
        end = with_space(spot.text.text, spot.at, spot.end)
        problem = errors.unexpected_character(spot.span(spot.at, spot.end), "", (Edit(spot.span(spot.at, end), ""),))
        yield changed(spot, spot.at, end, "", problem, beyond=following.end() - 1 if following else len(spot.text.text))
