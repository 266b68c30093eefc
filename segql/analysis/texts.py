"""Conditions about texts and lists."""

from __future__ import annotations

from segql import plan
from segql.analysis import errors
from segql.analysis.comparisons import check_values, compare, constant, fitted, is_text, lowered, written
from segql.analysis.patterns import like_problem, lowered_pattern, pattern_problem
from segql.analysis.rows import items
from segql.analysis.scope import Scope, as_json, is_unknown
from segql.plan import Op, Tally, TextTest
from segql.source import Span
from segql.syntax import ast
from segql.tree import replace
from segql.types import BOOLEAN, INTEGER, JSON, TEXT, Kind


def text_match(tree: ast.TextMatch, scope: Scope) -> plan.Expr:
    """Return whether a text starts with, ends with, contains or is like another, or one of several."""
    value = is_text(scope.read(tree.operand), f"`{tree.test}`", scope, tree.operand.span)
    if not tree.values:
        return scope.report(errors.empty_list(tree.span))
    others = [is_text(constant(each, TEXT, scope), f"`{tree.test}`", scope, each.span) for each in tree.values]
    if value is None or any(each is None for each in others):
        return plan.Unknown(BOOLEAN, span=tree.span)
    test = TextTest(tree.test)
    tests: list[plan.Expr] = []
    for each in others:
        assert each is not None
        if test is TextTest.LIKE and not _is_like(each, scope):
            return plan.Unknown(BOOLEAN, span=tree.span)
        pair = (lowered(value), lowered_constant(each)) if tree.ignoring_case else (value, each)
        tests.append(plan.TextMatch(test, *pair, span=tree.span))
    found = tests[0] if len(tests) == 1 else plan.Or(tuple(tests), span=tree.span)
    return plan.Not(found, span=tree.span) if tree.negated else found


def _is_like(pattern: plan.Expr, scope: Scope) -> bool:
    if not isinstance(pattern, plan.Literal):
        message, hint = (
            "a `like` pattern is written out in quotes",
            "or write `contains`, `starts with`, `ends with`",
        )
        scope.report(errors.wrong_pattern(pattern.span, message, hint))
        return False
    meant = like_problem(str(pattern.value))
    if meant is not None:
        message = "`%` and `_` stand for themselves in a `like` pattern"
        hint = "`*` is any text, `?` one letter"
        scope.report(errors.wrong_pattern(pattern.span, message, hint, f'"{meant}"'))
    return meant is None


def matches(tree: ast.Matches, scope: Scope) -> plan.Expr:
    """Return whether a regular expression is found in a text."""
    value = is_text(scope.read(tree.operand), "`matches`", scope, tree.operand.span)
    pattern = lowered_pattern(tree.pattern) if tree.ignoring_case else tree.pattern
    problem = pattern_problem(tree.pattern) or pattern_problem(pattern)
    if problem is not None:
        # The pattern ends the condition, and nothing before its word can hold a slash and look like it.
        end = tree.span.end - (1 if tree.ignoring_case else 0)
        start = end - len(tree.pattern.replace("/", "\\/")) - 2
        return scope.report(errors.wrong_pattern(Span(tree.span.source, start, tree.span.end), *problem))
    if value is None:
        return plan.Unknown(BOOLEAN, span=tree.span)
    found = plan.Matches(lowered(value) if tree.ignoring_case else value, pattern, span=tree.span)
    return plan.Not(found, span=tree.span) if tree.negated else found


def has(tree: ast.Has, scope: Scope) -> plan.Expr:
    """Return whether a list or json array holds a value, any of several, or all of them."""
    of = scope.read(tree.operand)
    if not tree.values:
        return scope.report(errors.empty_list(tree.span))
    if is_unknown(of):
        return plan.Unknown(BOOLEAN, span=tree.span)
    if of.type.kind is Kind.TEXT:
        hint, ours = "a text is asked with `contains`", tree.span.text.replace(" has ", " contains ", 1)
        fix = written(tree.span, ours if tree.how == "one" and ours != tree.span.text else "")
        return scope.report(errors.wrong_type(tree.operand.span, "`has`", "a list", of.type, hint, fix))
    if items(of, None, scope) is None:
        return plan.Unknown(BOOLEAN, span=tree.span)
    item = of.type.item or JSON
    inner = scope.inside("", item)
    value: plan.Expr = plan.Field(inner.row.level, (), "value", item, span=tree.operand.span)
    values = [constant(each, item, scope) for each in tree.values]
    if item.kind is Kind.JSON and values:
        value = as_json(value, values[0].type)
    if tree.ignoring_case:
        text = is_text(value, "`ignoring case`", scope)
        if text is None:
            return plan.Unknown(BOOLEAN, span=tree.span)
        value, values = lowered(text), [lowered_constant(each) for each in values]
    check_values(of, values, scope)
    pairs = [fitted(value, each, each.span, scope) for each in values]
    if any(pair is None for pair in pairs):
        return plan.Unknown(BOOLEAN, span=tree.span)
    found = _all_of(of, value, values, tree, scope) if tree.how == "all" else _any_of(of, value, values, tree, scope)
    return plan.Not(found, span=tree.span) if tree.negated else found


def _any_of(of: plan.Expr, value: plan.Expr, values: list[plan.Expr], tree: ast.Has, scope: Scope) -> plan.Expr:
    literals = tuple(each for each in values if isinstance(each, plan.Literal))
    test: plan.Expr
    if len(values) == 1:
        test = compare("=", value, values[0], tree.span, scope)
    elif len(literals) == len(values):
        test = plan.OneOf(value, literals, span=tree.span)
    else:
        test = plan.Or(tuple(compare("=", value, each, tree.span, scope) for each in values), span=tree.span)
    count = plan.Aggregate(Tally.COUNT, plan.Items(of, test, span=tree.span), None, INTEGER, span=tree.span)
    return plan.Compare(Op.GE, count, plan.Literal(1, INTEGER, span=tree.span), span=tree.span)


def _all_of(of: plan.Expr, value: plan.Expr, values: list[plan.Expr], tree: ast.Has, scope: Scope) -> plan.Expr:
    each_one = tuple(_any_of(of, value, [each], tree, scope) for each in values)
    return each_one[0] if len(each_one) == 1 else plan.And(each_one, span=tree.span)


def lowered_constant(expr: plan.Expr) -> plan.Expr:
    """Return a text in lower letters; of a constant, at once."""
    if isinstance(expr, plan.Literal) and isinstance(expr.value, str):
        return replace(expr, value=plan.simple_lower(expr.value))
    return lowered(expr)
