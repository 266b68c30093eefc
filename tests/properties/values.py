"""Values with a type: fields, arithmetic, functions, aggregates, traits."""

from __future__ import annotations

from tests.properties.pieces import Piece
from tests.properties.schema import Owner
from tests.properties.seen import Seen
from tests.properties.words import SUFFIXES, Scope

OPS = ("=", "!=", "<", "<=", ">", ">=")
NUMBERS = ("integer", "decimal", "float")


class Values(Seen):
    """Writes values; the class that builds on this one writes the conditions inside them."""

    def condition(self, scope: Scope, depth: int) -> Piece:
        """Return any condition about the scope."""
        raise NotImplementedError

    def piece(self, scope: Scope, tag: str, *parts: str | Piece) -> Piece:
        """Return a condition made of these parts."""
        return Piece("condition", scope.name, tag, parts)

    def quantifier(self) -> str:
        """Return how many rows must be so."""
        return self.chance.pick(("any", "any", "no", "every", "at least 2", "at most 1", "exactly 1"))

    def missing(self, scope: Scope, value: str | Piece) -> Piece:
        """Return the condition that the value is missing, or known."""
        word = self.chance.pick(("is missing", "is known"))
        return self.piece(scope, word, value, f" {word}")

    def number(self, scope: Scope, depth: int) -> Piece:
        """Return a value that is a number, and no literal."""
        kinds = ["field"] * 4 if scope.fields(*NUMBERS) else []
        if scope.fields("text", "list of text", "list of integer"):
            kinds += ["of text"]
        if scope.fields("date", "timestamp"):
            kinds += ["days since", "part"]
        if depth > 0:
            kinds += ["arithmetic", "arithmetic", "function"]
        if scope is self.member:
            kinds += ["aggregate"] * 4 + ["trait"] * 2
        kind = self.chance.pick(kinds)
        parts = self._number(kind, scope, depth)
        tag = str(parts[0]).split("(", maxsplit=1)[0] if kind == "aggregate" else kind
        return Piece("number", scope.name, f"number: {tag}", parts)

    def _number(self, kind: str, scope: Scope, depth: int) -> tuple[str | Piece, ...]:
        pick = self.chance.pick
        match kind:
            case "arithmetic":
                sign = pick(("+", "-", "*", "/", "/", "mod"))
                left = self.number(scope, depth - 1)
                right = self.number_literal() if pick((True, False)) else self.number(scope, depth - 1)
                return ("(", left, f" {sign} ", right, ")")
            case "function":
                inner = self.number(scope, depth - 1)
                if self.chance.happens(0.5):
                    return ("abs(", inner, ")")
                return ("round(", inner, f", {pick((0, 1, 2))})")
            case "days since":
                return (f"days since {self._moment_of(scope)}",)
            case "part":
                part = pick(("year", "quarter", "month", "day", "hour"))
                types = ("timestamp",) if part == "hour" else ("timestamp", "date")
                fields = scope.fields(*types)
                return (f"{part} of {pick(fields)[0]}",) if fields else (f"day of {self._moment_of(scope)}",)
            case "aggregate":
                return self.number_aggregate(depth)
            case "trait":
                return self._trait()
            case "field":
                return (pick(scope.fields(*NUMBERS))[0],)
            case _:
                return self._size(scope)

    def _moment_of(self, scope: Scope) -> str:
        return self.chance.pick(scope.fields("date", "timestamp"))[0]

    def _size(self, scope: Scope) -> tuple[str, ...]:
        lists = scope.fields("list of text", "list of integer")
        if lists and self.chance.happens(0.5):
            return (f"size({self.chance.pick(lists)[0]})",)
        texts = scope.fields("text") or lists
        word = "length" if scope.fields("text") else "size"
        return (f"{word}({self.chance.pick(texts)[0]})",)

    def text(self, scope: Scope) -> Piece | None:
        """Return a value that is a text, None if the scope has none."""
        texts = [name for name, column in scope.fields("text") if not column.options]
        if not texts:
            return None
        name = self.chance.pick(texts)
        match self.chance.randrange(8):
            case 0:
                return Piece("text", scope.name, "text: lower", (f"lower({name})",))
            case 1:
                return Piece("text", scope.name, "text: upper", (f"upper({name})",))
            case 2 if scope is self.member:
                return self._text_aggregate() or Piece("text", scope.name, "text: field", (name,))
            case _:
                return Piece("text", scope.name, "text: field", (name,))

    def moment(self, scope: Scope) -> Piece | None:
        """Return a value that is a date or a timestamp, None if the scope has none."""
        fields = scope.fields("date", "timestamp")
        if scope is self.member and self.chance.happens(0.25):
            event = self.chance.pick(self.project.streams)
            text = f"{self.chance.pick(('first', 'last'))}({event.name}"
            return Piece("moment", scope.name, "moment: of event", (text, *self._rest(event, 1)))
        if not fields:
            return None
        return Piece("moment", scope.name, "moment: field", (self.chance.pick(fields)[0],))

    def _trait(self) -> tuple[str | Piece, ...]:
        names = ["purchases"]
        extras = "\n".join(self.project.extras)
        names += [name for name in ("spend", "views") if f"trait {name} " in extras]
        name = self.chance.pick(names)
        count, unit = self.chance.pick(self.project.words.durations)
        match self.chance.randrange(3):
            case 0 if unit in SUFFIXES:
                return (f"{name}_{count}{SUFFIXES[unit]}",)
            case 1:
                return ("(", f"{name} ", self.event_window(self.member.name), ")")
            case _:
                return (name,)

    def number_aggregate(self, depth: int) -> tuple[str | Piece, ...]:
        """Return the parts of an aggregate over events or related rows that gives a number."""
        pick = self.chance.pick
        event = pick((*self.project.streams, *self.project.manys))
        has_time = event in self.project.streams
        numbers = [name for name, _ in event.of_type(*NUMBERS)]
        tallies = ["count", "count"]
        if has_time:
            tallies += ["active days", "active days", "days since"]
        if numbers:
            tallies += ["sum", "avg", "avg", "min", "max", "median", "median", "most common", "most common"]
            tallies += ["first", "last", "first", "last"] if has_time else []
        documents = [name for name, _ in event.of_type("json")]
        if documents:
            tallies.append("of json")
        values = [name for name, _ in event.of_type("text", "integer", "decimal", "date")]
        if values:
            tallies.append("distinct")
        tally = pick(tallies)
        rest = self._rest(event, depth, window=has_time)
        match tally:
            case "count" | "active days":
                return (f"{tally}({event.name}", *rest)
            case "distinct":
                return (f"count(distinct {event.name}.{pick(values)}", *rest)
            case "days since":
                return (f"days since {pick(('first', 'last'))}({event.name}", *rest)
            case "of json":
                path = pick(("total as decimal", "utm.n as integer", "mixed as decimal", "mixed as integer"))
                tally = pick(("sum", "max", "avg", "count(distinct"))
                start = f"{tally} " if "distinct" in tally else f"{tally}("
                return (f"{start}{event.name}.{pick(documents)}.{path}", *rest)
            case "sum" | "max" | "avg" if self.chance.happens(0.15):
                return (f"{tally}({event.name}.{pick(numbers)} {pick(('*', '/', '-'))} {self.number_literal()}", *rest)
            case _:
                return (f"{tally}({event.name}.{pick(numbers)}", *rest)

    def _text_aggregate(self) -> Piece | None:
        event = self.chance.pick(self.project.streams)
        texts = [name for name, _ in event.of_type("text")]
        if not texts:
            return None
        tally = self.chance.pick(("first", "last", "min", "max", "most common"))
        text = f"{tally}({event.name}.{self.chance.pick(texts)}"
        return Piece("text", "customer", f"text: {tally}", (text, *self._rest(event, 1)))

    def _rest(self, event: Owner, depth: int, *, window: bool = True) -> tuple[str | Piece, ...]:
        """Return the end of an aggregate: its window, its condition, its bracket."""
        parts: list[str | Piece] = []
        if window and self.chance.happens(0.6):
            inner = (" ", self.event_window("customer"))
            parts.append(Piece("optional", "customer", "aggregate in window", inner))
        if depth > 0 and self.chance.happens(0.4):
            where = self.condition(Scope(event.name, event), depth - 1)
            parts.append(Piece("optional", "customer", "aggregate where", (" where ", where)))
        return (*parts, ")")
