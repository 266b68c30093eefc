"""What the bits of a text can be, each with its name in Pygments and its scope in TextMate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of bit: its token in Pygments (`Literal.Date`), its scope in TextMate without the language's name."""

    token: str
    scope: str


COMMENT = Kind("Comment.Single", "comment.line.number-sign")

TEXT = Kind("Literal.String", "string.quoted")
ESCAPE = Kind("Literal.String.Escape", "constant.character.escape")
PATTERN = Kind("Literal.String.Regex", "string.regexp")

NUMBER = Kind("Literal.Number", "constant.numeric")
PERCENT = Kind("Literal.Number", "constant.numeric.percent")
DURATION = Kind("Literal.Number", "constant.numeric.duration")
# `_365d` behind the name of a trait.
WINDOW = Kind("Literal.Number", "constant.numeric.window")
DATE = Kind("Literal.Date", "constant.numeric.date")
TIMESTAMP = Kind("Literal.Date", "constant.numeric.timestamp")
CONSTANT = Kind("Keyword.Constant", "constant.language")

# The word of a declaration, and the name behind it.
DECLARATION = Kind("Keyword.Declaration", "storage.type")
ROWS = Kind("Name.Class", "entity.name.type")
DECLARED = Kind("Name.Function", "entity.name.function")
FIELD = Kind("Name.Attribute", "entity.other.attribute-name")
TYPE = Kind("Keyword.Type", "support.type")
TAG = Kind("Name.Tag", "constant.other.tag")

KEYWORD = Kind("Keyword", "keyword.other")
LOGIC = Kind("Operator.Word", "keyword.operator.word")
OPERATOR = Kind("Operator", "keyword.operator")
PUNCTUATION = Kind("Punctuation", "punctuation.separator")

NAME = Kind("Name", "variable.other")
QUOTED_NAME = Kind("Name.Variable", "variable.other.quoted")
FUNCTION = Kind("Name.Builtin", "support.function")
# The name of a segment, a tier, an arm or a list where it is used.
REFERENCE = Kind("Name.Label", "support.class.reference")

# What the language does not read, or reads to refuse it.
WRONG = Kind("Error", "invalid.illegal")
