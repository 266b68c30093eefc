"""What the parser does after a mistake: propose a mend, or say what is wrong, pass over the place and go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from lark import Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.parsers.lalr_analysis import Shift
from lark.parsers.lalr_interactive_parser import InteractiveParser

from segql.diagnostics import Diagnostic
from segql.source import Span
from segql.syntax import errors
from segql.syntax.mending import HIDDEN, HOLE, Mend, MendedText, Spot, open_brackets
from segql.syntax.told import told

ERRORS_MOST = 20
# Places passed over in one piece; after so many nothing more is to be learnt from it.
_PASSED_MOST = 60

_JOIN = re.compile(rf"{HIDDEN}|(?P<stop>\b(?:and|or|where)\b|[(),]|\n\s*)", re.IGNORECASE)
_START = re.compile(rf"{HIDDEN}|(?P<stop>\b(?:and|or|where|not)\b|[(),])", re.IGNORECASE)
_WORD = re.compile(r"\w+|[^\w\s]")
_JOINING = frozenset({"and", "or", "not", "where", "when", "("})

_WINDOWS = frozenset({"before", "since", "in", "from", "between", "within", "more", "after"})

# What people write without knowing what else would be right.
_HABITS = {
    "else": "several outcomes are declared with `tiers`",
    "then": "`then` goes on with a `did`",
    "ago": "write `in last 30 days` or `more than 30 days ago`",
}


class Recovery:
    """Hears of every mistake in one reading of a text, and decides how to go on.

    lark calls it with each error; it answers whether to go on. `propose` is asked for a mend first: if it has one,
    the reading is given up, and `proposal` holds the mend. Else the mistake is told in `diagnostics`, and the place is
    passed over up to the next `and`, `or` or line; `damaged` are such places, of which nothing more should be said.
    """

    def __init__(
        self, text: MendedText, start: str, propose: Callable[[Spot], Mend | None], heard: Callable[[int], bool]
    ) -> None:
        self.text, self.start, self.propose, self.heard = text, start, propose, heard
        self.diagnostics: list[Diagnostic] = []
        self.damaged: list[Span] = []
        self.proposal: Mend | None = None
        self._passed = -1

    def __call__(self, error: UnexpectedInput) -> bool:
        """Report an error and get the parser ready to go on; say whether it can."""
        assert isinstance(error, UnexpectedCharacters | UnexpectedToken)
        parser: InteractiveParser = error.interactive_parser
        at, end, token = self._place(error)
        if isinstance(error, UnexpectedCharacters) and self.text.text[at] == HOLE and self.text.is_put_in(at):
            return self._fill(parser)
        if len(self.diagnostics) >= ERRORS_MOST or len(self.damaged) >= _PASSED_MOST or not self.heard(at):
            return False
        spot = Spot.of(self.text, at, end, _accepts(parser), self.start, is_word=token is not None)
        self.proposal = self.propose(spot)
        if self.proposal is not None:
            return False
        if token is None:
            return self._character(parser, spot)
        if token.type == "$END":
            return self._end(parser, spot)
        return self._token(token, parser, spot)

    def _place(self, error: UnexpectedCharacters | UnexpectedToken) -> tuple[int, int, Token | None]:
        if isinstance(error, UnexpectedCharacters):
            assert error.pos_in_stream is not None
            found = _WORD.match(self.text.text, error.pos_in_stream)
            return error.pos_in_stream, found.end() if found else error.pos_in_stream + 1, None
        token: Token = error.token
        if token.type == "$END":
            length = len(self.text.text)
            return length, length, token
        lead = len(token) - len(token.lstrip())
        start = token.start_pos or 0
        return start + lead, start + len(token), token

    # ── characters ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _fill(self, parser: InteractiveParser) -> bool:
        """Read the character that a mend left for a value that nobody can guess."""
        if _takes(parser, "HOLE"):
            state = parser.lexer_thread.state
            assert state is not None
            at = state.line_ctr.char_pos
            parser.feed_token(Token("HOLE", "", start_pos=at, end_pos=at))
        return True

    def _character(self, parser: InteractiveParser, spot: Spot) -> bool:
        letter = spot.word[0]
        if letter in "\"'“‘„«`":
            _, line_end = spot.line()
            self._say(errors.unclosed_text(spot.span(spot.at, line_end)))
            return self._pass_over(parser, spot, spot.at, line_end)
        self._say(errors.unexpected_character(spot.span(spot.at, spot.at + 1)))
        return self._pass_over(parser, spot, spot.at + 1)

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _token(self, token: Token, parser: InteractiveParser, spot: Spot) -> bool:
        if _takes(parser, "HOLE", token.type):
            self._say(_missing(spot))
            parser.feed_token(Token.new_borrow_pos("HOLE", "", token))
            parser.feed_token(token)
            return True
        if spot.at > self._passed:
            # Where nothing was read since the last message, the same mistake goes on.
            place = spot.span(spot.at, spot.end)
            self._say(errors.unexpected_word(place, told(spot.accepts), _hint(spot)))
        return self._pass_over(parser, spot, token.end_pos or 0)

    def _end(self, parser: InteractiveParser, spot: Spot) -> bool:
        """Close what is open at the end, so that the declaration is at least known by its name."""
        text = self.text.text
        end = len(text.rstrip())
        if spot.at > self._passed:
            for each in self._unfinished(spot, end):
                self._say(each)
        hole = Token("HOLE", "", start_pos=end, end_pos=end)
        bracket = Token("RPAR", "", start_pos=end, end_pos=end)
        # Each round closes one bracket or fills one hole; deeper ones are refused anyway.
        for _ in range(4 * errors.DEPTH_MAX):
            if _takes(parser, "$END"):
                return True
            if _takes(parser, "RPAR"):
                parser.feed_token(bracket)
            elif _takes(parser, "HOLE"):
                parser.feed_token(hole)
            else:
                break
        self.damaged.append(spot.span(0, len(text)))
        return False

    def _unfinished(self, spot: Spot, end: int) -> Iterator[Diagnostic]:
        if "$END" in spot.accepts:
            return
        if "HOLE" in spot.accepts:
            yield _missing(spot)
            return
        opened = open_brackets(spot)
        if len(opened) > errors.DEPTH_MAX:
            yield errors.nested_too_deep(spot.span(opened[-1], opened[-1] + 1))
            return
        if "RPAR" in spot.accepts and opened:
            place = spot.span(end, end) if len(opened) == 1 else None
            for at in opened[:3]:
                yield errors.unclosed_bracket(spot.span(at, at + 1), place)
            return
        yield errors.unexpected_end(spot.span(*spot.last), told(spot.accepts))

    # ── going on ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _say(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)

    def _pass_over(self, parser: InteractiveParser, spot: Spot, start: int, least: int = 0) -> bool:
        """Go on at the next `and`, `or`, closing bracket or line of its own; `start` is where the lexer stands."""
        if "HOLE" in spot.accepts:
            parser.feed_token(Token("HOLE", "", start_pos=spot.at, end_pos=spot.at))
        accepts = _accepts(parser)
        end = self._next_join(max(start, least), accepts)
        self.damaged.append(spot.span(self._operand_start(spot.at), end))
        self._passed = end
        state = parser.lexer_thread.state
        assert state is not None
        at = state.line_ctr.char_pos
        state.line_ctr.feed(state.text.text[at:end])
        return True

    def _next_join(self, start: int, accepts: Collection[str]) -> int:
        text, depth = self.text.text, 0
        for found in _JOIN.finditer(text, start):
            sign = found["stop"]
            if sign is None:
                continue
            if sign == "(":
                depth += 1
            elif sign == ")" and depth:
                depth -= 1
            elif depth == 0 and ("ROW" in accepts if sign.isspace() else sign != "," or "COMMA" in accepts):
                return found.start()
        return len(text)

    def _operand_start(self, at: int) -> int:
        """Return where the condition begins that holds a place: after the last join or bracket at its depth."""
        starts = [0]
        for found in _START.finditer(self.text.text, 0, at):
            sign = found["stop"]
            if sign == "(":
                starts.append(found.end())
            elif sign == ")":
                starts = starts[:-1] or [0]
            elif sign is not None:
                starts[-1] = found.end()
        return starts[-1]


def _hint(spot: Spot) -> str:
    """Return what is to be known about a word that often stands in the wrong place, or nothing."""
    first = spot.word.split()[0].lower() if spot.word else ""
    if first in _WINDOWS and "AND" in spot.accepts:
        return "there is one window; one with two ends is written `from 2026-01-01 to 2026-03-31`"
    return _HABITS.get(first, "")


def _missing(spot: Spot) -> Diagnostic:
    start, end = spot.last
    before = spot.text.text[start:end].lower()
    what = "condition" if before in _JOINING or (before == "" and "DID" in spot.accepts) else "value"
    if end == 0:
        return errors.missing_value(
            spot.span(spot.at, spot.end), "before", what="value" if spot.word in "=<>" else what
        )
    return errors.missing_value(spot.span(start, end), "after", what=what)


def _takes(parser: InteractiveParser, *terminals: str) -> bool:
    """Say whether the parser could go on with these terminals, one after the other; it is left as it is."""
    states, whole = parser.parser_state.parse_conf.states, parser.parser_state.parse_conf.end_state
    stack = parser.parser_state.state_stack
    kept, added = len(stack), list[int]()
    for terminal in terminals:
        while not (terminal == "$END" and added and added[-1] == whole):
            action = states[added[-1] if added else stack[kept - 1]].get(terminal)
            if action is None:
                return False
            if action[0] is Shift:
                added.append(action[1])
                break
            rule = action[1]
            size = len(rule.expansion)
            popped = min(size, len(added))
            del added[len(added) - popped :]
            kept -= size - popped
            added.append(states[added[-1] if added else stack[kept - 1]][rule.origin.name][1])
    return True


def _accepts(parser: InteractiveParser) -> Collection[str]:
    """Return the terminals that the parser could go on with."""
    choices: Collection[str] = parser.choices()  # type: ignore[no-untyped-call]
    return frozenset(each for each in choices if each.isupper() and _takes(parser, each))
