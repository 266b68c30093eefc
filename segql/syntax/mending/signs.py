"""Signs that look right and are not: from word processors, other keyboards and other languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from segql.diagnostics import Diagnostic, Edit
from segql.source import Span
from segql.syntax import errors
from segql.syntax.mending.habit import Habit, with_space
from segql.syntax.mending.mend import HOLE, Mend, Spot

_MONEY = "$€£¥₹₽"
_QUOTES = "text stands in straight quotes, the same at both ends"
_COMMENT = "a comment begins with `#`"
_DIGITS = "digits are grouped by `_`, and the fraction stands after a point"


def _smart(span: Span, ours: str, _why: str) -> Diagnostic:
    return errors.smart_quotes(span, ours)


def _unclosed(span: Span, ours: str, why: str) -> Diagnostic:
    return errors.unclosed_text(span, ours, why)


def _comment(found: re.Match[str]) -> str:
    return "#" + found[1]


def _quoted(found: re.Match[str]) -> str:
    return '"' + found[1].replace('"', '\\"') + '"'


def _digits(found: re.Match[str]) -> str:
    return found[0].translate(str.maketrans("OoIl", "0011"))


def _nameless(span: Span, _ours: str, _why: str) -> Diagnostic:
    point = Span(span.source, span.end - 1, span.end)
    return errors.missing_value(point, "after", "a field's name follows the point", "name")


SIGNS: tuple[Habit, ...] = (
    # ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"(?:--|//)([^\n]*)", _comment, _COMMENT),
    Habit(r"/\*((?:[^*\n]|\*(?!/))*)\*/[ \t]*(?=\n|$)", _comment, _COMMENT),
    Habit(r"/\*(?:[^*]|\*(?!/))*\*/", "", _COMMENT),
    # ── quotes ───────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(
        r"\"\"\"([^\"]*?)\"\"\"",
        lambda found: '"' + " ".join(found[1].split()) + '"',
        "one quote at each end is enough",
    ),
    Habit(r"[“”„«‘‚]([^“”„»’\"'\n]*)[\"']", _quoted, said=_smart),
    Habit(r"[\"']([^“”„»’\"'\n]*)[“”»’]", _quoted, said=_smart),
    Habit(r"'(\w+'\w[^'\n]*)'", r'"\1"', "a text that holds one kind of quote stands in the other"),
    Habit(r"\"([^\"'\n]*)'(?=\s|[),]|$)", r'"\1"', _QUOTES, _unclosed),
    Habit(r"'([^\"'\n]*)\"(?=\s|[),]|$)", r"'\1'", _QUOTES, _unclosed),
    Habit(
        r"\"([^\"\n]*)\n\s*([^\"\n]*)\"(?=\s|[),]|$)",
        r'"\1 \2"',
        "a text ends on its line; a line break in it is written `\\n`",
        _unclosed,
    ),
    Habit(r"([\"'])([\w@.+-]+)(?=[\s),]|$)", r"\1\2\1", "", _unclosed),
    Habit(r"([\"'])([^\"'\n]*?)(?=\)*[ \t]*(?:\n|$))", r"\1\2\1", "", _unclosed),
    Habit(
        r"`([^\W\d]\w*(?: \w+)*?)"
        r"(?=\s*(?:$|\n|[),.<>=!+*/-]|(?:is|in|not|has|contains|starts|ends|like|matches|between)\b))",
        r"`\1`",
        "",
        _unclosed,
    ),
    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"\d{1,3}(?:,\d{3})+(?![\d,])", lambda found: found[0].replace(",", "_"), _DIGITS),
    Habit(r"\d{1,3}(?:\.\d{3}){2,}(?![\d.])", lambda found: found[0].replace(".", "_"), _DIGITS),
    Habit(r"(\d+),(\d{1,2})(?![\d,])", r"\1.\2", _DIGITS),
    Habit(r"(?<![\w.)])\.(\d+)", r"0.\1", _DIGITS),
    Habit(r"\d+(?:\.\d+){2,}", HOLE, "a number has one point"),
    Habit(r"[\w.]*\w\.(?=\s*(?:[^\w\s`\"]|$|(?:and|or)\b))", HOLE, said=_nameless),
    Habit(r"(?<![\w.])(?=\d[\d_]*[OoIl])\d[\dOoIl_]*(?!\w)", _digits, "letters that look like digits are none"),
    Habit(rf"[{_MONEY}]\s*(?=\d)|(?<=\d)\s*[{_MONEY}]", "", "a number stands alone, without its currency"),
    Habit(r"(\d)\s+%(?!\s*(?!and\b|or\b)[\w(])", r"\1%", "a percentage is one word"),
    Habit(r"\s?%\s?(?=[\w(])", " mod ", "the remainder is written `mod`"),
    Habit(r"(\d+(?:\.\d+)?)\s*percent(?!\w)", r"\1%", "a percentage is a number and `%`"),
    # ── what other languages end, open and join with ─────────────────────────────────────────────────────────────────
    Habit(r";(?=\s*(?:$|(?:and|or)\b))", "", "nothing ends a condition but its end"),
    Habit(r",(?=[ \t]*$)", "", "nothing ends a condition but its end"),
    Habit(r",(?=[ \t]*\n)", "", "each row has its own line, with nothing at its end"),
    Habit(r",(?=\s*[)])", "", "no value comes after it"),
    Habit(r"[;,](?=\s+[\w(\"'`])", " and", "conditions are joined with `and` and `or`"),
    Habit(r"[;,](?=[\w(\"'`])", " and ", "conditions are joined with `and` and `or`"),
    Habit(r":=", "=", "values are compared with `=`"),
    Habit(r":(?=\s)", " =", "one `=` compares"),
    Habit(r":(?=\s)", "", "the words alone say what belongs together"),
    Habit(
        r"\$\{\s*(\w+)\s*\}|\{\{\s*(\w+)\s*\}\}|[$@:](\w+)",
        lambda found: found[1] or found[2] or found[3],
        "a param is written by its name alone",
    ),
    Habit(r"…|\.\.\.", HOLE, "write the condition out"),
)


# ── one character, wherever it stands ────────────────────────────────────────────────────────────────────────────────

_DASHES = "‐‑‒–—―−﹣－"
_POINTS = "•·▪◦‣●○*"


def lookalikes(spot: Spot) -> Iterator[Mend]:
    """Yield the mend for a character that only looks like one of the language: all of its kind at once."""
    letter = spot.word[:1]
    ours = _plain(letter)
    if not letter or ours is None:
        return
    # All of its kind at once: such a character rarely comes alone. Digits of a script are one kind.
    text = spot.text.text
    kind = {each for each in set(text) if unicodedata.category(each) == "Nd" and _plain(each)} or {letter}
    places = [at for at in spot.signs("".join(kind if letter in kind else letter)) if not spot.text.is_put_in(at)]
    edits = [Edit(spot.span(at, at + 1), _plain(text[at]) or "") for at in places]
    problem = errors.unexpected_character(spot.span(spot.at, spot.at + 1), ours, edits)
    yield Mend(problem, tuple(edits), spot.text.source_of(spot.at))


def _plain(letter: str) -> str | None:
    """Return what stands for a character in plain text, or None where nothing does."""
    if letter.isascii() and (letter >= " " and letter != "\x7f"):
        return None
    if not letter:
        return None
    if letter in _DASHES:
        return "-"
    category = unicodedata.category(letter)
    if category in {"Zs", "Zl", "Zp"}:
        return " "
    if category in {"Cc", "Cf"}:
        return ""
    if letter in "×✕⋅":
        return "*"
    if letter == "÷":
        return "/"
    if category == "Nd":
        return str(unicodedata.digit(letter))
    folded = unicodedata.normalize("NFKC", letter)
    return folded if folded != letter and folded.isascii() else None


def bullets(spot: Spot) -> Iterator[Mend]:
    """Yield the mend for a list with a point or a number before each condition: they are joined."""
    marks = rf"(?m)^[ \t]*(?P<at>[{_POINTS}]|\d+[.)])(?=[ \t]+\S)"
    found = list(re.finditer(marks, spot.text.text))
    if not any(each.start("at") <= spot.at <= each.end("at") for each in found):
        return
    spans = [each.span("at") for each in found]
    edits = [Edit(spot.span(start, end), "and") for start, end in spans[1:]]
    start, end = spans[0]
    edits.insert(0, Edit(spot.span(start, with_space(spot.text.text, start, end)), ""))
    first = spot.span(*found[0].span("at"))
    yield Mend(
        errors.foreign_spelling(first, "", "conditions are joined with `and` and `or`", edits),
        tuple(edits),
        spot.text.source_of(spot.at),
    )


def frames(spot: Spot) -> Iterator[Mend]:
    """Yield the mend for a text that was copied with the frame around it, as mail and chat programs have it."""
    found = list(re.finditer(r"(?m)^[ \t]*(?P<at>```[^\n]*\n?)", spot.text.text))
    if any(each.start("at") <= spot.at < each.end("at") for each in found):
        edits = tuple(Edit(spot.span(*each.span("at")), "") for each in found)
        first = spot.span(found[0].start("at"), found[0].start("at") + 3)
        problem = errors.foreign_spelling(first, "", "only the condition is written, without a frame", edits)
        yield Mend(problem, edits, spot.text.source_of(spot.at))


_PARTNERS = {"[": "]", "{": "}"}


def brackets(spot: Spot) -> Iterator[Mend]:
    """Yield the mends for brackets of other shapes, both at once: round ones, backticks, or none."""
    opening = spot.word[:1]
    if opening not in _PARTNERS:
        return
    closing = next(iter(spot.signs(_PARTNERS[opening], spot.at)), None)
    pair = [spot.at] if closing is None else [spot.at, closing]
    inner = spot.text.text[spot.at + 1 : closing]
    shapes = [("(", ")", "brackets are round"), ("", "", "nothing but the indentation says what belongs together")]
    if spot.before.lower() not in {"in", "of"} and re.fullmatch(r"[^\W\d][\w ]*", inner):
        tick = "" if re.fullmatch(r"\w+", inner) else "`"
        shapes.insert(0, (tick, tick, "a name stands alone, or in backticks where it has other signs"))
    for first, second, why in shapes:
        edits = tuple(Edit(spot.span(at, at + 1), sign) for at, sign in zip(pair, (first, second), strict=False))
        place = spot.span(spot.at, spot.at + 1)
        yield Mend(errors.foreign_spelling(place, first, why, edits), edits, spot.text.source_of(spot.at))
