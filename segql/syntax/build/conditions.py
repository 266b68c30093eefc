"""Builds values and conditions."""

from __future__ import annotations

from lark import Token

from segql.source import Span
from segql.syntax import ast, errors
from segql.syntax.build.base import Base, Bit, Parts

# What other languages write, and what is written here.
_FOREIGN = {
    "==": "=",
    "===": "=",
    "!==": "!=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
}
_WHY = {"=": "one `=` compares", "!=": "`!` stands before `=`", "<=": "`=` stands last", ">=": "`=` stands last"}
_JOINED = "conditions are joined with `and`, `or` and `not`"


class Conditions(Base):
    """Rules of values and conditions."""

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def group(self, parts: Parts) -> ast.Group:
        return ast.Group(parts[1], span=self.around(parts))

    def arithmetic(self, parts: Parts) -> ast.Condition:
        tree: ast.Condition = parts[0]
        for sign, right in zip(parts[1::2], parts[2::2], strict=True):
            tree = ast.Binary(sign.lower(), tree, right, span=self.around([tree, right]))
        return tree

    def negative(self, parts: Parts) -> ast.Condition:
        span = self.around(parts)
        if span.source.text[span.start - 1 : span.start] == "-":
            # Nobody takes away a negative number like this; it is how other languages begin a comment.
            comment = Span(span.source, span.start - 1, span.start + 1)
            self.diagnostics.append(errors.foreign_spelling(comment, "#", "a comment begins with `#`"))
            return ast.Hole(span=span)
        if isinstance(parts[1], ast.Number):
            return ast.Number(-parts[1].value, span=span)
        return ast.Negative(parts[1], span=span)

    def call(self, parts: Parts) -> ast.Call:
        function = ast.Name(str(parts[0]), span=self.span_of(parts[0]))
        given = tuple(each for each in parts[1:] if isinstance(each, ast.Argument))
        return ast.Call(function, given, span=self.around(parts))

    def named_tally(self, parts: Parts) -> Token:
        token: Token = parts[0]
        return token

    def tally(self, parts: Parts) -> ast.Call:
        name = " ".join(parts[0].lower().split())
        function = ast.Name(name, span=self.span_of(parts[0]))
        return ast.Call(function, (parts[2],), span=self.around(parts))

    def argument(self, parts: Parts) -> ast.Argument:
        distinct, value, _as, read_as, window, _among, _segment, among, _where, where = parts
        return ast.Argument(value, distinct is not None, read_as, window, among, where, span=self.around(parts))

    def within_group(self, parts: Parts) -> ast.RankArgument:
        return ast.RankArgument(parts[1], span=self.around(parts))

    def days_since(self, parts: Parts) -> ast.DaysSince:
        return ast.DaysSince(parts[1], span=self.around(parts))

    def part_of(self, parts: Parts) -> ast.PartOf:
        return ast.PartOf(parts[0].split()[0].lower(), parts[1], span=self.around(parts))

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

    def any_of(self, parts: Parts) -> ast.Or:
        self._foreign(parts[1::2], "or")
        return ast.Or(tuple(parts[::2]), span=self.around(parts))

    def all_of(self, parts: Parts) -> ast.And:
        self._foreign(parts[1::2], "and")
        return ast.And(tuple(parts[::2]), span=self.around(parts))

    def not_(self, parts: Parts) -> ast.Not:
        self._foreign(parts[:1], "not")
        return ast.Not(parts[1], span=self.around(parts))

    def comparison(self, parts: Parts) -> ast.Condition:
        *chain, ignoring = parts
        operands, ops = chain[::2], [self._op(each) for each in chain[1::2]]
        span = self.around(parts)
        pairs = tuple(
            ast.Comparison(op, left, right, ignoring is not None, span=self.around([left, right]) if ops[1:] else span)
            for left, op, right in zip(operands, ops, operands[1:], strict=False)
        )
        if len(pairs) == 1:
            return pairs[0]
        name = operands[0].text if ops[0] == "=" != ops[1] and isinstance(operands[0], ast.Path) else ""
        self.diagnostics.append(errors.chained_comparison(span, [each.span for each in pairs], name))
        return ast.Hole(span=span) if name else ast.And(pairs, span=span)

    def _op(self, sign: Token) -> str:
        ours = _FOREIGN.get(str(sign))
        if ours is None:
            return str(sign)
        self.diagnostics.append(errors.foreign_spelling(self.span_of(sign), ours, _WHY[ours]))
        return ours

    def is_missing(self, parts: Parts) -> ast.IsMissing:
        return ast.IsMissing(parts[0], False, span=self.around(parts))

    def is_known(self, parts: Parts) -> ast.IsMissing:
        return ast.IsMissing(parts[0], True, span=self.around(parts))

    is_not_missing = is_known
    is_not_known = is_missing

    def is_null(self, parts: Parts) -> ast.IsMissing:
        known = parts[2] is not None
        ours = "is known" if known else "is missing"
        self.diagnostics.append(errors.null_word(self.around(parts[1:]), ours))
        return ast.IsMissing(parts[0], known, span=self.around(parts))

    def is_day(self, parts: Parts) -> ast.InWindow:
        return ast.InWindow(parts[0], parts[2], span=self.around(parts))

    def between(self, parts: Parts) -> ast.Between:
        operand, negated, _between, low, _and, high = parts
        return ast.Between(operand, low, high, negated is not None, span=self.around(parts))

    def in_values(self, parts: Parts) -> ast.InValues:
        operand, negated, _in, values, ignoring = parts
        return ast.InValues(
            operand,
            values.value,
            negated is not None,
            ignoring is not None,
            span=self.around(parts),
        )

    def text_test(self, parts: Parts) -> Bit:
        return Bit(" ".join(parts[0].lower().split()), self.span_of(parts[0]))

    def text_match(self, parts: Parts) -> ast.TextMatch:
        operand, negated, test, value, ignoring = parts
        return ast.TextMatch(
            test.value,
            operand,
            (value,),
            False,
            negated is not None,
            ignoring is not None,
            span=self.around(parts),
        )

    def text_match_any(self, parts: Parts) -> ast.TextMatch:
        operand, negated, test, _any, values, ignoring = parts
        return ast.TextMatch(
            test.value,
            operand,
            values.value,
            True,
            negated is not None,
            ignoring is not None,
            span=self.around(parts),
        )

    def matches(self, parts: Parts) -> ast.Matches:
        operand, negated, _matches, token = parts
        pattern, slash, flag = str(token)[1:].rpartition("/")
        assert slash
        return ast.Matches(
            operand,
            pattern.replace("\\/", "/"),
            negated is not None,
            flag.lower() == "i",
            span=self.around(parts),
        )

    def matches_text(self, parts: Parts) -> ast.Matches:
        operand, negated, _matches, token = parts
        pattern = self.read.text(token).value
        ours = "/" + pattern.replace("/", "\\/") + "/"
        self.diagnostics.append(errors.foreign_spelling(self.span_of(token), ours, "a pattern stands between slashes"))
        return ast.Matches(operand, pattern, negated is not None, False, span=self.around(parts))

    def has(self, parts: Parts) -> ast.Has:
        operand, negated, _has, value, ignoring = parts
        return ast.Has(
            operand,
            "one",
            (value,),
            negated is not None,
            ignoring is not None,
            span=self.around(parts),
        )

    def has_any(self, parts: Parts, how: str = "any") -> ast.Has:
        operand, negated, _has, _of, values, ignoring = parts
        return ast.Has(
            operand,
            how,
            values.value,
            negated is not None,
            ignoring is not None,
            span=self.around(parts),
        )

    def has_all(self, parts: Parts) -> ast.Has:
        return self.has_any(parts, "all")

    def anniversary(self, parts: Parts) -> ast.HasAnniversary:
        operand, negated, _has, window = parts
        return ast.HasAnniversary(operand, window, negated is not None, span=self.around(parts))

    anniversary_day = anniversary

    def related_in_segment(self, parts: Parts) -> ast.Condition:
        operand, negated, _in, _segment, path, as_of = parts
        inside = ast.InSegment(operand, path, as_of, span=self.around(parts))
        return inside if negated is None else ast.Not(inside, span=inside.span)

    def in_top(self, parts: Parts, end: str = "top") -> ast.Condition:
        operand, negated, _in, _end, percent, _among, _segment, among = parts
        share = self.read.percent(percent)
        inside = ast.InExtreme(operand, end, share, among, span=self.around(parts))
        return inside if negated is None else ast.Not(inside, span=inside.span)

    def in_bottom(self, parts: Parts) -> ast.Condition:
        return self.in_top(parts, "bottom")

    def in_segment(self, parts: Parts) -> ast.InSegment:
        return ast.InSegment(None, parts[2], parts[3], span=self.around(parts))

    def as_of_ago(self, parts: Parts) -> ast.AsOf:
        return ast.AsOf(self.read.duration(parts[1]), None, span=self.around(parts))

    def as_of_moment(self, parts: Parts) -> ast.AsOf:
        return ast.AsOf(None, parts[1], span=self.around(parts))

    def entered(self, parts: Parts) -> ast.Crossed:
        return ast.Crossed(parts[1], parts[2], False, span=self.around(parts))

    def left(self, parts: Parts) -> ast.Crossed:
        return ast.Crossed(parts[1], parts[2], True, span=self.around(parts))

    def bound(self, parts: Parts) -> Bit:
        return Bit((parts[0].type, self.read.number(parts[1])), self.around(parts))

    def also_with(self, parts: Parts) -> ast.Condition:
        operand, negated, _in, _also, value, *bounds = parts
        given = dict(each.value for each in bounds)
        lift, support, top = (given.get(each) for each in ("MIN_LIFT", "MIN_SUPPORT", "TOP"))
        inside = ast.AlsoWith(operand, value, lift, support, top, span=self.around(parts))
        return inside if negated is None else ast.Not(inside, span=inside.span)

    def in_any_segment(self, parts: Parts) -> ast.InAnySegment:
        segments = tuple(each for each in parts if isinstance(each, ast.Path))
        return ast.InAnySegment(segments, span=self.around(parts))

    def in_list(self, parts: Parts) -> ast.InList:
        return ast.InList(parts[2], span=self.around(parts))

    def everyone(self, parts: Parts) -> ast.Everyone:
        return ast.Everyone(span=self.around(parts))

    def nobody(self, parts: Parts) -> ast.Nobody:
        return ast.Nobody(span=self.around(parts))

    def how_many(self, parts: Parts) -> ast.HowMany:
        word, number = parts
        count = self.read.count(number)
        low = None if word.type == "AT_MOST" else count
        high = None if word.type == "AT_LEAST" else count
        return ast.HowMany(low, high, span=self.around(parts))

    def how_many_between(self, parts: Parts) -> ast.HowMany:
        return ast.HowMany(self.read.count(parts[1]), self.read.count(parts[3]), span=self.around(parts))

    def k_of_n(self, parts: Parts) -> ast.KOfN:
        return ast.KOfN(parts[0], tuple(parts[3:-1:2]), span=self.around(parts))

    def none_of(self, parts: Parts) -> ast.KOfN:
        none = ast.HowMany(None, 0, span=self.span_of(parts[0]))
        return ast.KOfN(none, tuple(parts[2:-1:2]), span=self.around(parts))

    def quantifier(self, parts: Parts) -> Bit:
        return Bit(parts[0].lower(), self.span_of(parts[0]))

    def quantified(self, parts: Parts) -> ast.Quantified:
        how, rows, window, where = parts
        inner = where.value if where else None
        return ast.Quantified(how.value, None, rows, window, inner, span=self.around(parts))

    def counted(self, parts: Parts) -> ast.Quantified:
        how_many, rows, window, where = parts
        inner = where.value if where else None
        return ast.Quantified("count", how_many, rows, window, inner, span=self.around(parts))

    def in_window(self, parts: Parts) -> ast.InWindow:
        return ast.InWindow(parts[0], parts[1], span=self.around(parts))

    def _foreign(self, signs: Parts, ours: str) -> None:
        for sign in signs:
            if not sign[0].isalpha():
                self.diagnostics.append(errors.foreign_spelling(self.span_of(sign), ours, _JOINED))
