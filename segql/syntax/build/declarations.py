"""Builds declarations."""

from __future__ import annotations

from decimal import Decimal

from lark import Token

from segql.source import Span
from segql.syntax import ast, errors
from segql.syntax.build.base import Base, Bit, Parts
from segql.types import DECLARABLE

_TYPES = frozenset([*DECLARABLE, "list"])
_ONE_WORD = "a name is one word, or stands in backticks"


class Declarations(Base):
    """Rules of declarations."""

    # ── the catalog ──────────────────────────────────────────────────────────────────────────────────────────────────

    def table(self, parts: Parts) -> ast.TableName:
        if isinstance(parts[0], Token):
            return ast.TableName((self.read.text(parts[0]).value,), True, span=self.around(parts))
        names = tuple(each.text for each in parts[0].names)
        return ast.TableName(names, False, span=self.around(parts))

    def zone(self, parts: Parts) -> ast.Text:
        return self.read.text(parts[1])

    def size(self, parts: Parts) -> Bit:
        _open, digits, _comma, places, _close = parts
        return Bit((self.read.count(digits), None if places is None else self.read.count(places)), self.around(parts))

    def type(self, parts: Parts) -> ast.TypeName:
        name, _of, item, size = parts
        return ast.TypeName(
            name.lower(),
            item.lower() if item else None,
            size.value if size else None,
            span=self.around(parts),
        )

    def attribute_word(self, parts: Parts) -> ast.Attribute:
        return ast.Attribute(parts[0].lower(), None, (), span=self.around(parts))

    def attribute_text(self, parts: Parts) -> ast.Attribute:
        return ast.Attribute("text", self.read.text(parts[0]), (), span=self.around(parts))

    def attribute_column(self, parts: Parts) -> ast.Attribute:
        return ast.Attribute("column", self.read.text(parts[1]), (), span=self.around(parts))

    def attribute_values(self, parts: Parts) -> ast.Attribute:
        return ast.Attribute("values", None, parts[1].value, span=self.around(parts))

    def field(self, parts: Parts) -> ast.FieldRow:
        row, kind, zone, *attributes = parts
        name = self.read.name(row)
        if row.type != "ROW" and not (kind.name in _TYPES and _begins_line(name.span)):
            return self._late_header(name)
        second = attributes[0].word if attributes else ""
        if kind.name not in _TYPES and second in _TYPES:
            # `home town text`: a name of two words, before its type.
            place = name.span.to(kind.span)
            self.diagnostics.append(errors.wrong_name(place, "_".join(place.text.split()), _ONE_WORD))
            name = ast.Name(" ".join(place.text.split()), span=place)
            kind = ast.TypeName(second, None, None, span=attributes[0].span)
            attributes = attributes[1:]
        return ast.FieldRow(name, kind, zone, tuple(attributes), span=self.around(parts))

    def _late_header(self, name: ast.Name) -> ast.FieldRow:
        hint = "each word of the header stands there once, in order, before the fields"
        self.diagnostics.append(errors.unexpected_word(name.span, [], hint))
        return ast.FieldRow(name, ast.TypeName("", None, None, span=name.span), None, (), span=name.span)

    def untyped_field(self, parts: Parts) -> ast.FieldRow:
        name = self.read.name(parts[0])
        if parts[0].type != "ROW":
            return self._late_header(name)
        self.diagnostics.append(errors.missing_type(name.span, "text"))
        return ast.FieldRow(name, ast.TypeName("", None, None, span=name.span), None, (), span=name.span)

    def entity(self, parts: Parts) -> ast.Entity:
        _entity, name, text, _from, table, where, _key, key, *fields = parts
        return ast.Entity(
            name,
            self._text(text),
            table,
            where.value if where else None,
            key,
            tuple(fields),
            span=self.around(parts),
        )

    def events(self, parts: Parts) -> ast.Events:
        _events, name, _of, owner, text, _from, table, where, _by, by, _at, at, zone, *fields = parts
        inner = where.value if where else None
        return ast.Events(
            name,
            owner,
            self._text(text),
            table,
            inner,
            by,
            at,
            zone,
            tuple(fields),
            span=self.around(parts),
        )

    def one(self, parts: Parts) -> ast.One:
        _one, name, _of, owner, text, _from, table, _key, key, _by, by, *fields = parts
        return ast.One(
            name,
            owner,
            self._text(text),
            table,
            key,
            None,
            by,
            tuple(fields),
            span=self.around(parts),
        )

    def one_entity(self, parts: Parts) -> ast.One:
        _one, name, _of, owner, _to, target, _by, by = parts
        return ast.One(name, owner, None, None, None, target, by, (), span=self.around(parts))

    def many(self, parts: Parts) -> ast.Many:
        _many, name, _of, owner, text, _from, table, where, _by, by, *fields = parts
        inner = where.value if where else None
        return ast.Many(name, owner, self._text(text), table, inner, by, tuple(fields), span=self.around(parts))

    def many_entity(self, parts: Parts) -> ast.Many:
        _many, name, _of, owner, _by, by = parts
        return ast.Many(name, owner, None, None, None, by, (), span=self.around(parts))

    # ── named values and segments ────────────────────────────────────────────────────────────────────────────────────

    def equals(self, parts: Parts) -> Token:
        token: Token = parts[0]
        if token != "=":
            self.diagnostics.append(
                errors.foreign_spelling(self.span_of(token), "=", "what a name stands for comes after `=`")
            )
        return token

    def trait(self, parts: Parts) -> ast.Trait:
        _trait, name, _of, owner, text, _equals, body = parts
        return ast.Trait(name, owner, self._text(text), body, span=self.around(parts))

    def param(self, parts: Parts) -> ast.Param:
        _param, name, kind, text, _equals, value = parts
        return ast.Param(name, kind, self._text(text), value, span=self.around(parts))

    def list(self, parts: Parts) -> ast.StaticList:
        _list, name, _of, owner, text, _from, path, _key, key = parts
        return ast.StaticList(name, owner, self._text(text), self.read.text(path), key, span=self.around(parts))

    def literal_word(self, parts: Parts) -> Token:
        token: Token = parts[0]
        return token

    def metadata(self, parts: Parts) -> ast.Metadata:
        row, *values = parts
        read = tuple(self._meta(each) for each in values if each.type != "COMMA")
        return ast.Metadata(self.read.name(row), read, span=self.around(parts))

    def segment(self, parts: Parts) -> ast.Segment:
        _segment, name, _of, owner, text, *metadata, _where, condition = parts
        return ast.Segment(name, owner, self._text(text), tuple(metadata), condition, span=self.around(parts))

    # ── scores, tiers, splits ────────────────────────────────────────────────────────────────────────────────────────

    def points_when(self, parts: Parts) -> ast.Points:
        scored, _when, condition = parts
        return ast.Points(self._points(scored), condition, None, None, None, None, span=self.around(parts))

    def points_each(self, parts: Parts) -> ast.Points:
        scored, _for, event, window, where, _up, cap, _points = parts
        limit = None if cap is None else self.read.number(cap)
        inner = where.value if where else None
        return ast.Points(self._points(scored), None, event, window, inner, limit, span=self.around(parts))

    def score(self, parts: Parts) -> ast.Score:
        _score, name, _of, owner, text, *rows = parts
        return ast.Score(name, owner, self._text(text), tuple(rows), span=self.around(parts))

    def tier_when(self, parts: Parts) -> ast.Tier:
        return ast.Tier(self.read.name(parts[0]), parts[2], span=self.around(parts))

    def tier_otherwise(self, parts: Parts) -> ast.Tier:
        return ast.Tier(self.read.name(parts[0]), None, span=self.around(parts))

    def tiers(self, parts: Parts) -> ast.Tiers:
        _tiers, name, _of, owner, text, *rows = parts
        return ast.Tiers(name, owner, self._text(text), tuple(rows), span=self.around(parts))

    def split_of(self, parts: Parts) -> Bit:
        return Bit((parts[-1], len(parts) == 3), self.around(parts))

    def arm(self, parts: Parts) -> ast.Arm:
        return ast.Arm(self.read.name(parts[0]), self.read.percent(parts[1]), span=self.around(parts))

    def split(self, parts: Parts) -> ast.Split:
        _split, name, of, text, _seed, seed, _by, by, *arms = parts
        owner, of_segment = of.value
        return ast.Split(
            name,
            owner,
            of_segment,
            self._text(text),
            self.read.text(seed),
            by,
            tuple(arms),
            span=self.around(parts),
        )

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _text(self, token: Token | None) -> ast.Text | None:
        return None if token is None else self.read.text(token)

    def _meta(self, token: Token) -> ast.Name | ast.Text:
        return self.read.text(token) if token.type == "TEXT" else self.read.name(token)

    def _points(self, token: Token) -> Decimal:
        return Decimal("".join(token.split()).replace("_", ""))


def _begins_line(span: Span) -> bool:
    before = span.source.text.rfind("\n", 0, span.start) + 1
    return not span.source.text[before : span.start].strip()
