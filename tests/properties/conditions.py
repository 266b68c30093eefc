"""Conditions about one row: comparisons, text, lists, json, dates, and what joins them."""

from __future__ import annotations

from decimal import Decimal

from tests.properties.documents import Documents
from tests.properties.pieces import Piece
from tests.properties.schema import Column, Owner
from tests.properties.values import NUMBERS, OPS
from tests.properties.words import ELAPSED, Scope, quoted

PATTERNS = ("/[A-Z]+/", r"/\d+%?$/", r"/^\/p\/\d/", r"/@.*\.com$/", r"/^\w+$/", r"/^\W/", r"/\s/", "/a|b/", "/^.$/")


class Conditions(Documents):
    """Writes conditions about a row of any kind."""

    def condition(self, scope: Scope, depth: int) -> Piece:
        """Return any condition about the scope."""
        if depth > 0 and self.chance.happens(0.4):
            return self._joined(scope, depth)
        made: Piece | None = None
        while made is None:
            made = self.single(scope, depth)
        return made

    def single(self, scope: Scope, depth: int) -> Piece | None:
        """Return one condition that joins no others, None if the scope has no field for it."""
        return self.chance.pick(ABOUT_ROWS)(self, scope, depth)

    def _joined(self, scope: Scope, depth: int) -> Piece:
        inner = [self.condition(scope, depth - 1) for _ in range(self.chance.pick((2, 2, 3)))]
        kind = self.chance.pick(("and", "and", "or", "or", "not", "k of n"))
        match kind:
            case "not":
                # Without brackets it is about a condition or about the first of several: either is a segment.
                start, end = ("not (", ")") if self.chance.happens(0.7) else ("not ", "")
                return self.piece(scope, kind, start, inner[0], end)
            case "k of n":
                how = self.chance.pick(
                    (
                        "at least 2 of",
                        "none of",
                        "exactly 1 of",
                        "at most 1 of",
                        "between 1 and 2 of",
                    )
                )
                listed = [part for each in inner for part in (", ", each)][1:]
                return self.piece(scope, f"k of n: {how}", f"{how} (", *listed, ")")
            case _:
                listed = [part for each in inner for part in (f" {kind} ", each)][1:]
                start, end = ("(", ")") if self.chance.happens(0.8) else ("", "")
                return self.piece(scope, kind, start, *listed, end)

    def number_comparison(self, scope: Scope, depth: int) -> Piece | None:
        if not scope.fields(*NUMBERS, "text", "date", "timestamp", "list of text"):
            return None
        number = self.number(scope, depth)
        if scope.owner in self.project.streams and self.chance.happens(0.15):
            mine = [name for name, _ in self.member.fields(*NUMBERS)]
            return self.piece(
                scope, "field of the member", number, f" {self.chance.pick(OPS)} customer.{self.chance.pick(mine)}"
            )
        match self.chance.randrange(6):
            case 0:
                bounds = [self._number_near(scope, number) for _ in range(2)]
                low, high = sorted(bounds, key=lambda text: Decimal(text.replace("5%", "0.05").replace("_", "")))
                word = self.chance.pick(("between", "not between"))
                return self.piece(scope, word, number, f" {word} {low} and {high}")
            case 1:
                word = self.chance.pick(("in", "not in"))
                listed = self.literals(self._number_near(scope, number), self.number_literal())
                return self.piece(scope, f"numbers {word}", number, f" {word} {listed}")
            case 2:
                return self.missing(scope, number)
            case 3:
                other: str | Piece = self.number(scope, depth)
            case 4:
                other = "least"
            case _:
                other = self._number_near(scope, number)
        op = self.chance.pick(OPS)
        return self.piece(scope, f"compare numbers {op}", number, f" {op} ", other)

    def _number_near(self, scope: Scope, number: Piece) -> str:
        """Return a literal that is often the number of somebody."""
        return (self.chance.happens(0.7) and self.seen(scope, number)) or self.number_literal()

    def _text_near(self, scope: Scope, text: Piece) -> str:
        """Return a literal that is often the text of somebody, if the rows have any."""
        return (self.chance.happens(0.5) and self.seen(scope, text)) or self.text_literal()

    def text_condition(self, scope: Scope, _: int) -> Piece | None:
        text = self.text(scope)
        if text is None:
            return None
        ending = self.chance.pick(("", "", " ignoring case"))
        negated = self.chance.pick(("", "", "not "))
        match self.chance.randrange(8):
            case 0:
                return self.missing(scope, text)
            case 1:
                listed = self.literals(self.text_literal(), self.text_literal())
                return self.piece(scope, f"texts {negated}in", text, f" {negated}in {listed}{ending}")
            case 2:
                test = self.chance.pick(("starts with", "ends with", "contains"))
                other = self._text_near(scope, text) if self.chance.happens(0.8) else self.text(scope) or '""'
                return self.piece(scope, test, text, f" {negated}{test} ", other, ending)
            case 3:
                listed = self.literals(self.text_literal(), self.text_literal())
                test = self.chance.pick(("starts with", "ends with", "contains"))
                words = f" {negated}{test} any of {listed}{ending}"
                return self.piece(scope, f"{test} any of", text, words)
            case 4:
                pattern = self.chance.pick(PATTERNS) if self.chance.happens(0.4) else self._pattern()
                return self.piece(scope, "matches", text, f" {negated}matches {pattern}")
            case 5:
                return self.piece(scope, "like", text, f" {negated}like {quoted(self._like())}{ending}")
            case _:
                op = self.chance.pick((*OPS, "=", "="))
                other = self.chance.pick((self._text_near(scope, text),) * 3 + ("word", self.text(scope) or "word"))
                return self.piece(scope, f"compare texts {op}", text, f" {op} ", other, ending if op in "!=" else "")

    def _pattern(self) -> str:
        """Return a pattern that finds a text of the vocabulary, maybe in another case."""
        text = self.chance.pick(self.project.words.texts)
        inner = "".join(each if each.isalnum() else "." for each in text) or "^$"
        start, end = self.chance.pick(("^", "")), self.chance.pick(("$", ""))
        return f"/{start}{inner}{end}/{self.chance.pick(('', 'i'))}"

    def _like(self) -> str:
        """Return a text of the vocabulary with something left open."""
        text = self.chance.pick(self.project.words.texts)
        cut = self.chance.randrange(len(text) + 1)
        pattern = self.chance.pick((f"{text[:cut]}*", f"*{text[cut:]}", f"{text[:cut]}?{text[cut + 1 :]}", text, "?"))
        # `%` and `_` are refused: they look like SQL's.
        return pattern.replace("%", "?").replace("_", "?")

    def option_condition(self, scope: Scope, _: int) -> Piece | None:
        fields = [(name, each) for name, each in scope.fields("text") if each.options]
        if not fields:
            return None
        name, column = self.chance.pick(fields)
        one, two = (quoted(self.chance.pick(column.options)) for _ in range(2))
        words = self.chance.pick((f"= {one}", f"!= {one}", f"in ({one}, {two})", f"not in ({one})", "is missing"))
        return self.piece(scope, "one of", f"{name} {words}")

    def boolean_condition(self, scope: Scope, _: int) -> Piece | None:
        fields = scope.fields("boolean")
        if not fields:
            return None
        other = self.chance.pick(fields)[0]
        words = self.chance.pick(("", "", " = true", " = false", " != true", " is missing", f" = {other}"))
        name = f"{self.chance.pick(fields)[0]}{words}"
        return self.piece(scope, "boolean field", f"not {name}" if self.chance.happens(0.2) else name)

    def date_condition(self, scope: Scope, _: int) -> Piece | None:
        moment = self.moment(scope)
        if moment is None:
            return None
        pick = self.chance.pick
        if moment.tag == "moment: of event" or self.chance.happens(0.35):
            op = pick(OPS)
            others = [name for name, _ in scope.fields("date", "timestamp")]
            other = pick((*others, self.date_literal(), self.stamp_literal(), "now", "today"))
            other = (self.chance.happens(0.5) and self.seen(scope, moment)) or other
            return self.piece(scope, f"compare moments {op}", moment, f" {op} {other}")
        match self.chance.randrange(10):
            case 8:
                length, op = self.duration(*ELAPSED), pick(OPS)
                return self.piece(
                    scope, "moment + duration", moment, f" {pick(('+', '-'))} {length} {op} {self.moment_literal()}"
                )
            case 9:
                less, op = self.moment(scope) or "now", pick(OPS)
                return self.piece(scope, "moment - moment", moment, " - ", less, f" {op} {self.duration(*ELAPSED)}")
            case 0:
                word = pick(("has anniversary", "not has anniversary", "has anniversary"))
                return self.piece(scope, word, moment, f" {word} {self.anniversary_window()}")
            case 1:
                listed = ", ".join(pick(("saturday", "sunday", "monday")) for _ in range(2))
                return self.piece(scope, "weekday", "weekday of ", moment, f" in ({listed})")
            case 2:
                return self.missing(scope, moment)
            case 3:
                first, last = sorted(self.date_literal() for _ in range(2))
                return self.piece(scope, "dates between", moment, f" between {first} and {last}")
            case _:
                window = self.field_window(scope)
                return self.piece(scope, "field in window", moment, " ", window)

    def list_condition(self, scope: Scope, depth: int) -> Piece | None:
        lists = scope.fields("list of text", "list of integer")
        if not lists:
            return None
        name, column = self.chance.pick(lists)
        of_text = column.type == "list of text"
        one, two = (self.text_literal() if of_text else self.integer_literal() for _ in range(2))
        ending = self.chance.pick(("", "", " ignoring case")) if of_text else ""
        negated = self.chance.pick(("", "", "not "))
        item = Owner("value", "", "", (Column("value", column.type.removeprefix("list of ")),))
        match self.chance.randrange(5):
            case 0:
                return self.piece(scope, "has", f"{name} {negated}has {one}{ending}")
            case 1:
                how = self.chance.pick(("any", "all"))
                words = f"{name} {negated}has {how} of ({one}, {two}){ending}"
                return self.piece(scope, f"has {how} of", words)
            case 2:
                return self.piece(scope, "list missing", f"{name} is {self.chance.pick(('missing', 'known'))}")
            case _:
                how = self.quantifier()
                inner = self.condition(Scope(f"{scope.name}.{name}", item), min(depth - 1, 1))
                return self.piece(scope, f"items: {how}", f"{how} {name} where (", inner, ")")


ABOUT_ROWS = (
    Conditions.number_comparison,
    Conditions.number_comparison,
    Conditions.number_comparison,
    Conditions.text_condition,
    Conditions.text_condition,
    Conditions.option_condition,
    Conditions.boolean_condition,
    Conditions.date_condition,
    Conditions.date_condition,
    Conditions.list_condition,
    Conditions.json_condition,
    Conditions.json_condition,
)
