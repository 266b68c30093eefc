r"""The table: of which bits a text is made. The Pygments lexer and the TextMate grammar are both made from it.

An editor reads line by line, so no pattern goes beyond its line. At each place the first rule that fits is taken, and a
whole word is always taken at once. Where one line cannot tell a keyword from a name, the table guesses
(`words.py`); the compiler does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from segql.highlight import kinds
from segql.highlight.kinds import Kind
from segql.highlight.words import HARD, OPERATORS, TYPES, UNITS, WORDS


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and what it finds: one kind, or one for each of its groups, which make up all of the pattern."""

    pattern: str
    kinds: tuple[Kind | None, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """What stands between a beginning and an end, on one line, and has rules of its own.

    `kind` is what it is as a whole: what no rule inside finds is of it too.
    """

    name: str
    begin: Rule
    inside: tuple[Entry, ...]
    end: Rule
    kind: Kind | None = None


Entry: TypeAlias = Rule | Region

# Marks that letters carry; the letters themselves are `\w`. As in the grammar.
MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u0670\u06d6-\u06ed\u0711-\u074a\u0900-\u0963"
    r"\u0966-\u0dff\u0e00-\u0eff\u0f18-\u0f84\u1000-\u109f\u1780-\u17e9\u302a-\u302f\u3099\u309a"
)
_ANY_WORD = rf"[^\W\d][\w{MARKS}]*"
_WORD = rf"(?!(?i:{'|'.join(HARD)})(?![\w{MARKS}])){_ANY_WORD}"
_TICKED = r"`[^`\n]+`"
_NAME = rf"(?:{_WORD}|{_TICKED})"
_SPACE = r"[ \t]+"
_END = r"(?!\w)"
_QUOTED = r'"(?:[^"\\\n]|\\.)*"'
_DIGITS = r"[0-9][0-9_]*"
_NUMBER = rf"{_DIGITS}(?:\.{_DIGITS})?"
_DURATION = (
    rf"{_DIGITS}(?:[ \t]*(?i:seconds?|minutes?|hours?|days?|weeks?|months?|quarters?|years?)|(?i:[hdwmqy])){_END}"
)
_TYPE = rf"(?i:{'|'.join(TYPES)}){_END}"


def _one(pattern: str, kind: Kind | None) -> Rule:
    return Rule(pattern, (kind,))


_COMMENT = _one(r"#[^\n]*", kinds.COMMENT)
_BLANKS = (_one(r"\n", None), _one(r"[ \t\r\f\v]+", None))


def _text(quote: str) -> Region:
    """Return a text in a kind of quotes; one that is not closed on its line is none."""
    return Region(
        "text" if quote == '"' else "text-single",
        _one(rf"{quote}(?=(?:[^{quote}\\\n]|\\.)*{quote})", kinds.TEXT),
        (
            _one(r"\\[\"'\\nt]", kinds.ESCAPE),
            _one(r"\\[^\n]", kinds.WRONG),
            _one(rf"[^{quote}\\\n]+", kinds.TEXT),
        ),
        _one(quote, kinds.TEXT),
        kinds.TEXT,
    )


_TEXTS = (_text('"'), _text("'"))
_PATTERN = Region(
    "pattern",
    Rule(
        rf"((?i:matches)){_END}({_SPACE})(/(?=(?:[^/\\\n]|\\.)+/))",
        (kinds.KEYWORD, None, kinds.PATTERN),
    ),
    (_one(r"\\[^\n]", kinds.ESCAPE), _one(r"[^/\\\n]+", kinds.PATTERN)),
    _one(r"/(?i:i(?!\w))?", kinds.PATTERN),
    kinds.PATTERN,
)

_VALUES = (
    _one(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?(?!\w)",
        kinds.TIMESTAMP,
    ),
    _one(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_END}", kinds.DATE),
    # What follows a number or a length of time, and nothing else.
    Rule(rf"({_DIGITS})({_SPACE})((?i:times|points)){_END}", (kinds.NUMBER, None, kinds.KEYWORD)),
    Rule(rf"({_DURATION})({_SPACE})((?i:ago)){_END}", (kinds.DURATION, None, kinds.KEYWORD)),
    _one(_DURATION, kinds.DURATION),
    _one(rf"{_NUMBER}%", kinds.PERCENT),
    _one(rf"{_NUMBER}{_END}", kinds.NUMBER),
)
_SIGNS = (
    # Habits from elsewhere, which are refused.
    _one(r"==+|!==+|<>|=>|=<|&&?|\|\|?", kinds.WRONG),
    _one(r"<=|>=|!=|[=<>+*/-]", kinds.OPERATOR),
    _one(r"[(),.]", kinds.PUNCTUATION),
    _one(r"[0-9]\w*|\\[^\n]|[^\s]", kinds.WRONG),
)

# ── lines of declarations ────────────────────────────────────────────────────────────────────────────────────────────

# The words that tell what comes of rows; behind all others stands what is made of conditions.
_OF_ROWS = ("entity", "events", "one", "many")
_OF_CONDITIONS = ("trait", "list", "segment", "score", "tiers", "split")
# A word before an operator is a field, and the line a condition; a declaration may have an operator's name.
_COMPARED = rf"(?!{_SPACE}(?i:{'|'.join(OPERATORS)}){_SPACE}(?!=|of(?!\w)))"

_DECLARATIONS = (
    Rule(
        rf"^((?i:{'|'.join(_OF_ROWS)})){_COMPARED}({_SPACE})({_NAME})",
        (kinds.DECLARATION, None, kinds.ROWS),
    ),
    Rule(
        rf"^((?i:{'|'.join(_OF_CONDITIONS)})){_COMPARED}({_SPACE})({_NAME})",
        (kinds.DECLARATION, None, kinds.DECLARED),
    ),
    Rule(
        rf"^((?i:param)){_COMPARED}({_SPACE})({_NAME})({_SPACE})((?:(?i:list){_SPACE}(?i:of){_SPACE})?{_TYPE})",
        (kinds.DECLARATION, None, kinds.DECLARED, None, kinds.TYPE),
    ),
)

_END_OF_LINE = _one(r"$", None)
_FIELD = Region(
    "field",
    # The words of a header are no fields: `from text` names a table.
    Rule(
        rf"^({_SPACE})(?!(?i:from|key|by|at|to){_END})({_NAME})"
        rf"(?={_SPACE}(?:{_TYPE}|(?i:list){_SPACE}(?i:of){_END})(?![ \t]*,))",
        (None, kinds.FIELD),
    ),
    (
        *_BLANKS,
        _COMMENT,
        *_TEXTS,
        _one(_TICKED, kinds.QUOTED_NAME),
        _one(rf"(?i:list{_SPACE}of){_END}", kinds.TYPE),
        _one(_TYPE, kinds.TYPE),
        _one(rf"(?i:optional|pii|column|one{_SPACE}of){_END}", kinds.KEYWORD),
        _one(rf"(?i:in){_END}", kinds.LOGIC),
        _one(rf"(?i:true|false){_END}", kinds.CONSTANT),
        *_VALUES,
        _one(_ANY_WORD, kinds.NAME),
        *_SIGNS,
    ),
    _END_OF_LINE,
)
_METADATA = Region(
    "metadata",
    Rule(rf"^({_SPACE})((?i:owner|tags)){_COMPARED}(?={_SPACE}(?:[^\W\d]|[`\"']))", (None, kinds.KEYWORD)),
    (
        *_BLANKS,
        _COMMENT,
        *_TEXTS,
        _one(_TICKED, kinds.TAG),
        *_VALUES,
        _one(_ANY_WORD, kinds.TAG),
        *_SIGNS,
    ),
    _END_OF_LINE,
)
_LINES: tuple[Entry, ...] = (
    *_DECLARATIONS,
    _FIELD,
    _METADATA,
    # A tier or an arm, and what a score adds.
    Rule(rf"^({_SPACE})({_NAME})(?={_SPACE}(?i:when|otherwise){_END})", (None, kinds.DECLARED)),
    Rule(rf"^({_SPACE})({_NAME})(?={_SPACE}{_NUMBER}%)", (None, kinds.DECLARED)),
    Rule(rf"^({_SPACE})([+-][ \t]*{_NUMBER})(?={_SPACE}(?i:when|for){_END})", (None, kinds.NUMBER)),
)

# ── what is used ─────────────────────────────────────────────────────────────────────────────────────────────────────

_OF_SEVERAL_SEGMENTS = Region(
    "segments",
    Rule(rf"((?i:any{_SPACE}segment))([ \t]*)(\()", (kinds.KEYWORD, None, kinds.PUNCTUATION)),
    (*_BLANKS, _COMMENT, _one(_NAME, kinds.REFERENCE), _one(r"[,.]", kinds.PUNCTUATION), *_SIGNS),
    _one(r"\)|$", kinds.PUNCTUATION),
)
_USES: tuple[Entry, ...] = (
    _OF_SEVERAL_SEGMENTS,
    # What follows a point is no keyword.
    Rule(rf"(\.)([ \t]*)({_ANY_WORD})", (kinds.PUNCTUATION, None, kinds.NAME)),
    Rule(rf"(\.)([ \t]*)({_TICKED}|{_QUOTED})", (kinds.PUNCTUATION, None, kinds.QUOTED_NAME)),
    Rule(
        rf"((?i:segment)){_COMPARED}({_SPACE})({_NAME})(?:(\.)({_ANY_WORD}|{_TICKED}))?",
        (kinds.KEYWORD, None, kinds.REFERENCE, kinds.PUNCTUATION, kinds.REFERENCE),
    ),
    Rule(
        rf"((?i:in))({_SPACE})((?i:list))({_SPACE})({_NAME})",
        (kinds.LOGIC, None, kinds.KEYWORD, None, kinds.REFERENCE),
    ),
    Rule(
        rf"((?i:entered|left))({_SPACE})((?i:segment))({_SPACE})({_NAME})(?:(\.)({_ANY_WORD}|{_TICKED}))?",
        (kinds.KEYWORD, None, kinds.KEYWORD, None, kinds.REFERENCE, kinds.PUNCTUATION, kinds.REFERENCE),
    ),
    Rule(
        rf"((?i:also))({_SPACE})({_ANY_WORD})({_SPACE})((?i:with)){_END}",
        (kinds.KEYWORD, None, kinds.KEYWORD, None, kinds.KEYWORD),
    ),
    # Keywords behind keywords.
    Rule(
        rf"((?i:is))({_SPACE})(?:((?i:not))({_SPACE}))?((?i:missing|known|null)){_END}",
        (kinds.LOGIC, None, kinds.LOGIC, None, kinds.CONSTANT),
    ),
    Rule(
        rf"((?i:after{_SPACE}any{_SPACE}in{_SPACE}the))({_SPACE})({_DURATION})({_SPACE})((?i:before)){_END}",
        (kinds.KEYWORD, None, kinds.DURATION, None, kinds.KEYWORD),
    ),
    Rule(
        rf"((?i:at{_SPACE}least|at{_SPACE}most|exactly))({_SPACE})((?i:once|twice)){_END}",
        (kinds.KEYWORD, None, kinds.KEYWORD),
    ),
    Rule(
        rf"((?i:last|next|this|previous))({_SPACE})((?i:{'|'.join(UNITS)})){_END}",
        (kinds.KEYWORD, None, kinds.KEYWORD),
    ),
    Rule(rf"((?i:as))({_SPACE})({_TYPE})", (kinds.KEYWORD, None, kinds.TYPE)),
    *(_one(each.pattern, each.kind) for each in WORDS),
    _one(rf"{_WORD}(?=[ \t]*\()", kinds.FUNCTION),
    Rule(rf"([^\W\d]\w*?)(_[0-9]+(?i:[hdwmqy]))(?![\w{MARKS}])", (kinds.NAME, kinds.WINDOW)),
    _one(_TICKED, kinds.QUOTED_NAME),
    _one(_ANY_WORD, kinds.NAME),
)

TABLE: tuple[Entry, ...] = (*_LINES, *_BLANKS, _COMMENT, *_TEXTS, _PATTERN, *_VALUES, *_USES, *_SIGNS)
