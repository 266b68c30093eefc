"""Conditions about json: its values read as a type, its arrays as rows."""

from __future__ import annotations

from tests.properties.data import SKUS
from tests.properties.pieces import Piece
from tests.properties.values import OPS, Values
from tests.properties.words import Scope, quoted


class Documents(Values):
    """Writes conditions about json."""

    def json_condition(self, scope: Scope, _: int) -> Piece | None:
        """Return a condition about a place in json, None if the scope has no json."""
        fields = scope.fields("json")
        if not fields:
            return None
        name = self.chance.pick(fields)[0]
        if self.chance.happens(0.5):
            return self._value(scope, name)
        return self._array(scope, name)

    def _value(self, scope: Scope, name: str) -> Piece:
        pick = self.chance.pick
        match self.chance.randrange(6):
            case 0:
                path = pick(("utm.source", '"last event".name', "mixed"))
                text = self.text_literal()
                word = pick((f"= {text}", f"!= {text}", 'contains "a"', 'in ("a", "login")', f"= {text} ignoring case"))
                return self.piece(scope, "json text", f"{name}.{path} {word}")
            case 1:
                path = pick(("utm.n", "total", "mixed", "nothing"))
                number = pick((self.number_literal(), "1", "2"))
                return self.piece(scope, "json number", f"{name}.{path} {pick(OPS)} {number}")
            case 2:
                words = f"{pick(('flag', 'mixed'))} = {pick(('true', 'false'))}"
                return self.piece(scope, "json boolean", f"{name}.{words}")
            case 3:
                return self.piece(scope, "json date", f"{name}.on {pick(OPS)} {self.date_literal()}")
            case 4:
                return self.piece(scope, "json date in window", f"{name}.on ", self.field_window(scope))
            case _:
                paths = ("utm", "utm.source", "mixed", "items", "nothing.at.all")
                return self.missing(scope, f"{name}.{pick(paths)}")

    def _array(self, scope: Scope, name: str) -> Piece:
        pick = self.chance.pick
        how = self.quantifier()
        match self.chance.randrange(4):
            case 0:
                inner = pick((f"value = {self.text_literal()}", f"value {pick(OPS)} 2", "value is missing"))
                return self.piece(scope, "json array", f"{how} {name}.list where ({inner})")
            case 1:
                words = pick(("has", "not has"))
                return self.piece(scope, "json has", f"{name}.list {words} {self.text_literal()}")
            case 2:
                path = pick(("list", "items", "mixed"))
                return self.piece(scope, "json size", f"size({name}.{path}) {pick(OPS)} {pick((0, 1, 2))}")
            case _:
                sku = quoted(pick(SKUS))
                inner = pick((f"sku = {sku}", f"sku = {sku} and qty > 1", "qty <= 2", "qty is missing"))
                return self.piece(scope, f"json items: {how}", f"{how} {name}.items where ({inner})")
