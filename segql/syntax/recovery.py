"""What the parser does after a mistake: say it, mend or skip the place, and go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

from lark import Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from segql.diagnostics import Diagnostic, nearest
from segql.source import Span
from segql.syntax import errors
from segql.syntax.cutting import DECLARATIONS

# What may stand at a place, in the words of a reader, by the terminals that the grammar accepts there. The order is
# that of the hint; only the first few are told.
_TOLD = (
    ({"HOLE"}, "a value (a field, a number, a text in quotes, a date) or a condition"),
    ({"COMPARE"}, "a comparison such as `=` or `>=`"),
    ({"UNIT"}, "a unit such as `day`, `week` or `month`"),
    ({"DURATION"}, "a length of time such as `90 days`"),
    ({"ROW"}, "a field on a line of its own"),
    ({"WHERE"}, "`where`"),
    ({"FROM"}, "`from` and a table"),
    ({"KEY"}, "`key` and a column"),
    ({"BY"}, "`by` and a column"),
    ({"AT"}, "`at` and a column"),
    ({"OF"}, "`of`"),
    ({"LPAR"}, "`(`"),
    ({"NAME", "QUOTED_NAME"}, "a name"),
    ({"TEXT"}, "a text in quotes"),
    ({"NUMBER"}, "a number"),
    ({"AND"}, "`and`"),
    ({"OR"}, "`or`"),
    ({"COMMA"}, "`,`"),
    ({"RPAR"}, "`)`"),
    ({"AGO"}, "`ago`"),
    ({"SEED"}, "`seed`"),
    ({"TIMES"}, "`times`"),
)
_TOLD_MOST = 4

# Words of the grammar for which a misspelling is mended.
_WORDS = {
    "and": "AND",
    "or": "OR",
    "not": "NOT",
    "in": "IN",
    "is": "IS",
    "where": "WHERE",
    "between": "BETWEEN",
    "contains": "CONTAINS",
    "matches": "MATCHES",
    "like": "LIKE",
    "has": "HAS",
    "last": "LAST",
    "next": "NEXT",
    "this": "THIS",
    "previous": "PREVIOUS",
    "since": "SINCE",
    "before": "BEFORE",
    "within": "WITHIN",
    "missing": "MISSING",
    "known": "KNOWN",
    "times": "TIMES",
    "ago": "AGO",
    "from": "FROM",
    "key": "KEY",
    "by": "BY",
    "at": "AT",
    "of": "OF",
    "then": "THEN",
    "week": "UNIT",
    "month": "UNIT",
    "quarter": "UNIT",
    "year": "UNIT",
    "day": "UNIT",
}

_UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years")

# What people write out of habit, and what is written here.
_HABITS = {
    "does": 'write `not contains "…"`, `not starts with "…"`, `not has …`',
    "equals": "write `=`",
    "equal": "write `=`",
    "greater": "write `>`",
    "smaller": "write `<`",
    "ilike": 'write `contains "…" ignoring case`',
    "having": "put the condition after `where`, joined with `and`",
    "group": "an aggregate such as `count(purchase)` is always per member; nothing needs grouping",
    "order": "a segment is a set, without an order",
    "limit": "a segment is a set; `segql run --limit` shows its first members",
    "select": "only the condition is written: what would stand after `where`",
    "if": "write the condition itself; `and`, `or` and `not` join conditions",
    "else": "write a `tiers` declaration for several outcomes",
    "null": "write `is missing` or `is known`",
    "isnull": "write `is missing`",
    "notnull": "write `is known`",
    "xor": "write `exactly 1 of (…, …)`",
    "include": 'write `contains "…"`',
    "includes": 'write `contains "…"`, or of a list `has "…"`',
    "after": "write `since 2026-01-31`",
    "ago": "write `in last 30 days` or `more than 30 days ago`",
}

_CURES = {
    ";": "take it out: the end of the line ends nothing here",
    "%": "the remainder is written `mod`; a percentage follows its number, as in `5%`",
    "{": "there are no braces; brackets are `(` and `)`",
    "}": "there are no braces; brackets are `(` and `)`",
    "[": 'values stand in `( )`, as in `country in ("DE", "FR")`',
    "]": 'values stand in `( )`, as in `country in ("DE", "FR")`',
    "\u00a0": "put a plain space here",
    "$": "a param is written by its name alone",
    "@": "take it out",
    "^": "write `x * x`",
    "\ufeff": "take it out",
    "\u200b": "take it out",
    "\\": "take it out: a line goes on by itself until the next one that begins in the first column",
    ":": "take it out: the words alone say what belongs together",
    ".": "a name follows a point directly",
}

Accepts: TypeAlias = Collection[str]

ERRORS_MOST = 20


class Recovery:
    """Hears of every mistake in one piece of a source, and decides how to go on.

    lark calls it with each error; it answers whether to go on. What it says goes to `diagnostics`.
    """

    def __init__(self, piece: Span, span_of: Callable[[Token], Span]) -> None:
        self.piece, self.span_of = piece, span_of
        self.diagnostics: list[Diagnostic] = []
        self._stuck: tuple[object, int] | None = None

    def __call__(self, error: UnexpectedInput) -> bool:
        """Report an error and get the parser ready to go on; say whether it can."""
        if len(self.diagnostics) >= ERRORS_MOST:
            return False
        if isinstance(error, UnexpectedCharacters):
            return self._character(error)
        assert isinstance(error, UnexpectedToken)
        parser = error.interactive_parser
        assert parser is not None
        return self._token(error.token, parser, _accepts(parser))

    # ── characters ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _character(self, error: UnexpectedCharacters) -> bool:
        assert error.pos_in_stream is not None
        start = self.piece.start + error.pos_in_stream
        source = self.piece.source
        letter = source.text[start]
        line_end = source.text.find("\n", start)
        line_end = len(source.text) if line_end < 0 else line_end
        if letter in "\"'“‘„«`":
            self.diagnostics.append(errors.unclosed_text(source.span(start, line_end)))
            parser = error.interactive_parser
            if "HOLE" in _accepts(parser):
                parser.feed_token(Token("HOLE", ""))
            return self._skip(parser, line_end - start)
        self.diagnostics.append(errors.unexpected_character(source.span(start, start + 1), _CURES.get(letter, "")))
        return True

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _token(self, token: Token, parser: InteractiveParser, accepts: Accepts) -> bool:
        if token.type == "$END":
            return self._end(parser, accepts)
        where = (tuple(parser.parser_state.state_stack), len(self.diagnostics))
        if where == self._stuck:
            # Nothing was read since the last message: this is the same mistake going on.
            return True
        span = self.span_of(token)
        previous = self._word_before(span)
        if "HOLE" in accepts and self._mended_with_hole(token, parser):
            self.diagnostics.append(errors.missing_value(span, _first_word(span.text)))
            return True
        self.diagnostics.append(self._unexpected(token, span, previous, accepts))
        meant = _WORDS.get((nearest(span.text, _known(accepts)) or [""])[0], "")
        if meant in accepts and token.type in {"NAME", "ROW"}:
            parser.feed_token(Token.new_borrow_pos(meant, token, token))
            return True
        if "HOLE" in accepts:
            parser.feed_token(Token.new_borrow_pos("HOLE", "", token))
        going = self._skip_to_join(token, parser)
        self._stuck = (tuple(parser.parser_state.state_stack), len(self.diagnostics))
        return going

    def _unexpected(self, token: Token, span: Span, previous: str, accepts: Accepts) -> Diagnostic:
        word = span.text.lower()
        if "DURATION" in accepts and token.type == "NUMBER":
            after = re.compile(r"\s*([^\W\d]\w*)").match(span.source.text, span.end)
            unit = after[1] if after and after[1].lower() not in {"and", "or", "where", "ago"} else ""
            if after and unit:
                place = span.source.span(after.start(1), after.end(1))
                return errors.unknown_unit(place, nearest(unit, _UNITS))
            return errors.missing_unit(span)
        if token.type in {"NAME", "FUNC", "ROW"} and previous[:1].isdigit() and nearest(word, _UNITS):
            return errors.unknown_unit(span, nearest(word, _UNITS))
        if previous == "is" and "MISSING" in accepts:
            hint = "`is` asks for `missing`, `known`, `today`, `tomorrow` or `yesterday`; equality is written `=`"
            return errors.unexpected_word(span, [], [], hint)
        if token.type == "ROW" and word in {"owner", "tags"}:
            return errors.unexpected_word(span, [], [], f"`{word}` stands before `where`")
        hint = _HABITS.get(word, "")
        near = [] if hint or not word[:1].isalpha() else nearest(word, _known(accepts))
        return errors.unexpected_word(span, _told(accepts), [each for each in near if each != word], hint)

    def _mended_with_hole(self, token: Token, parser: InteractiveParser) -> bool:
        """Put a hole before the token where that makes it fit; say whether it did."""
        trial: InteractiveParser = parser.copy()  # type: ignore[no-untyped-call]
        trial.feed_token(Token.new_borrow_pos("HOLE", "", token))
        if token.type not in _accepts(trial):
            return False
        parser.feed_token(Token.new_borrow_pos("HOLE", "", token))
        parser.feed_token(token)
        return True

    def _end(self, parser: InteractiveParser, accepts: Accepts) -> bool:
        """Close what is open at the end, so that the declaration is at least known by its name."""
        end = self.piece.start + len(self.piece.text.rstrip())
        place = self.piece.source.span(max(self.piece.start, end - 1), end)
        where = (tuple(parser.parser_state.state_stack), len(self.diagnostics))
        if "$END" not in accepts and where != self._stuck:
            self.diagnostics.append(self._unfinished(accepts, place))
        hole = Token("HOLE", "", start_pos=end - self.piece.start, end_pos=end - self.piece.start)
        bracket = Token("RPAR", ")", start_pos=end - self.piece.start, end_pos=end - self.piece.start)
        # Each round closes one bracket or fills one hole; no text opens more than it has letters.
        for _ in range(min(len(self.piece.text), 10_000) + 1):
            accepts = _accepts(parser)
            if "$END" in accepts:
                return True
            if "RPAR" in accepts:
                parser.feed_token(bracket)
            elif "HOLE" in accepts:
                parser.feed_token(hole)
            else:
                return False
        return False

    def _unfinished(self, accepts: Accepts, place: Span) -> Diagnostic:
        if "HOLE" in accepts:
            return errors.missing_value(place, "")
        if "RPAR" in accepts:
            return errors.unclosed_bracket(self._open_bracket() or place)
        return errors.unexpected_end(place, _told(accepts))

    def _open_bracket(self) -> Span | None:
        """Return the place of the last bracket that nothing closes."""
        open_ones: list[int] = []
        for at in _signs(self.piece.text, "()"):
            if self.piece.text[at] == "(":
                open_ones.append(at)
            elif open_ones:
                open_ones.pop()
        if not open_ones:
            return None
        start = self.piece.start + open_ones[-1]
        return self.piece.source.span(start, start + 1)

    # ── going on ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _skip_to_join(self, token: Token, parser: InteractiveParser) -> bool:
        """Pass over the rest up to the next `and`, `or`, closing bracket or line of its own."""
        start = token.end_pos or 0
        depth = 0
        text = self.piece.text
        joins = re.compile(
            r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`|#[^\n]*|(?P<stop>\b(?:and|or|where)\b|[(),]|\n\s*)",
            re.IGNORECASE,
        )
        in_rows = "ROW" in _accepts(parser)
        for found in joins.finditer(text, start):
            sign = found["stop"]
            if sign is None:
                continue
            if sign == "(":
                depth += 1
            elif sign == ")" and depth:
                depth -= 1
            elif depth == 0 and (in_rows if sign.isspace() else sign != "," or "COMMA" in _accepts(parser)):
                return self._skip(parser, found.start() - start)
        return self._skip(parser, len(text) - start)

    def _skip(self, parser: InteractiveParser, length: int) -> bool:
        """Move the lexer on by `length` characters."""
        state = parser.lexer_thread.state
        assert state is not None
        at = state.line_ctr.char_pos
        state.line_ctr.feed(state.text.text[at : at + length])
        return True

    def _word_before(self, span: Span) -> str:
        before = self.piece.source.text[self.piece.start : span.start].split()
        return before[-1].lower() if before else ""


def _signs(text: str, wanted: str) -> Iterable[int]:
    """Yield where the wanted signs stand outside of texts and comments."""
    hidden = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`|#[^\n]*|(?P<sign>.)", re.DOTALL)
    return (found.start() for found in hidden.finditer(text) if found["sign"] and found["sign"] in wanted)


def _accepts(parser: InteractiveParser) -> Accepts:
    accepted: set[str] = parser.accepts()  # type: ignore[no-untyped-call]
    return accepted


def _known(accepts: Accepts) -> list[str]:
    return [word for word, terminal in _WORDS.items() if terminal in accepts]


def _told(accepts: Accepts) -> list[str]:
    told = [words for terminals, words in _TOLD if terminals & set(accepts)]
    if {"ENTITY", "SEGMENT", "TRAIT"} <= set(accepts):
        return [f"`{each}`" for each in DECLARATIONS]
    return told[:_TOLD_MOST]


def _first_word(text: str) -> str:
    return " ".join(text.split())[:40]
