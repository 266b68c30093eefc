"""Conditions about a member among everyone: tops and bottoms, ranks, quantiles, averages."""

from __future__ import annotations

from tests.properties.conditions import Conditions
from tests.properties.pieces import Piece
from tests.properties.values import OPS
from tests.properties.words import Scope

PERCENTS = ("0.5", "1", "5", "10", "12.5", "20", "25", "33.3", "33.333333", "50", "66.7", "75", "90", "99.9", "100")
PARTS = (2, 3, 4, 5, 7, 10, 100)


class Populations(Conditions):
    """Writes values and conditions about a member among everyone; `names` are segments that may be compared among."""

    names: list[str]

    def number(self, scope: Scope, depth: int) -> Piece:
        """Return a value that is a number, and no literal; of a member also what everyone's values make."""
        if scope is self.member and depth > 0 and self.chance.happens(0.05):
            return self._of_everyone(depth - 1)
        return super().number(scope, depth)

    def extreme(self, scope: Scope, depth: int) -> Piece:
        """Return whether a value is among the highest or lowest."""
        end, negated = self.chance.pick(("top", "bottom")), self.chance.pick(("", "", "not "))
        among = self._among()
        tag = f"{negated}in {end}" + (" among" if among else "")
        percent = self.chance.pick(PERCENTS)
        return self.piece(scope, tag, self._compared(depth), f" {negated}in {end} {percent}%", among)

    def standing(self, scope: Scope, depth: int) -> Piece:
        """Return a comparison with what everyone's values make, often near what they make."""
        if self.chance.happens(0.2):
            return self._percentile_of_moments(scope)
        made = self._of_everyone(depth)
        if self.chance.happens(0.15):
            return self.missing(scope, made)
        near = (self.chance.happens(0.6) and self.seen(scope, made)) or str(self.chance.pick((1, 2, 3, 5)))
        other: str | Piece = near if self.chance.happens(0.7) else self.number(scope, depth)
        return self.piece(scope, "compare with everyone", made, f" {self.chance.pick(OPS)} ", other)

    def _of_everyone(self, depth: int) -> Piece:
        pick = self.chance.pick
        kind = pick(("rank", "rank", "rank within", "quantile", "average", "median", "percentile", "trait"))
        if kind == "trait":
            return Piece("number", self.member.name, "of everyone: trait", (pick(("place", "share")),))
        # Neither an average nor a median is made of times.
        inner = self.number(self.member, depth) if kind in {"average", "median"} else self._compared(depth)
        among = self._among()
        match kind:
            case "rank within":
                parts: tuple[str | Piece, ...] = ("rank(", inner, f" within {self._group()}", among, ")")
            case "quantile":
                parts = ("quantile(", inner, among, f", {pick(PARTS)})")
            case "percentile":
                inner = self.number(self.member, depth)
                parts = ("percentile(", inner, among, f", {pick(('0', *PERCENTS))})")
            case _:
                parts = (f"{kind}(", inner, among, ")")
        return Piece("number", self.member.name, f"of everyone: {kind}", parts)

    def _percentile_of_moments(self, scope: Scope) -> Piece:
        moment = self.moment(scope)
        if moment is None:
            return self.extreme(scope, 0)
        of = Piece(
            "moment",
            scope.name,
            "of everyone: percentile of times",
            (f"percentile({moment}, {self.chance.pick(PERCENTS)})",),
        )
        return self.piece(scope, "compare with a percentile", moment, f" {self.chance.pick(OPS)} ", of)

    def _compared(self, depth: int) -> Piece:
        """Return a value of the member that has an order, now and then one that compares everyone itself."""
        if self.chance.happens(0.15):
            return self.moment(self.member) or self.number(self.member, depth)
        if depth > 0 and self.chance.happens(0.15):
            return self._of_everyone(depth - 1)
        return self.number(self.member, depth)

    def _group(self) -> str:
        fields = self.member.fields("text", "integer", "boolean", "date", "float", "decimal")
        names = [name for name, _ in fields]
        return self.chance.pick((*names, *["country"] * 3))

    def _among(self) -> Piece | str:
        if not self.names or self.chance.happens(0.6):
            return ""
        return Piece("optional", self.member.name, "among", (f" among segment {self.chance.pick(self.names)}",))
