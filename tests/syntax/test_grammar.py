"""The grammar itself, and what its words leave free for names."""

from __future__ import annotations

import logging
import re

import lark
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segql.analysis import Analyzed
from segql.compiler import check
from segql.diagnostics.render.full import full
from segql.source import Source
from segql.syntax.grammar import STARTS, grammar_folder

HARD = frozenset("and or not in is did where then when otherwise exactly true false now today everyone nobody".split())


def _words() -> list[str]:
    """Return every word that the grammar knows, those of several-word terminals one by one."""
    text = (grammar_folder() / "terminals.lark").read_text(encoding="utf-8")
    patterns = re.findall(r"^[A-Z_]+(?:\.\d)?: /(.*)/i?$", text, re.MULTILINE)
    words: set[str] = set()
    for pattern in patterns:
        words |= set(re.findall(r"(?<![\\\w])[a-z]{2,}(?![\w\]])", pattern))
    return sorted(words)


WORDS = _words()


def _check(*texts: str) -> Analyzed:
    return check([Source.of(f"{number}.seg", text) for number, text in enumerate(texts)])


def _catalog(*names: str) -> str:
    """Return a catalog in which everything bears one of these names."""
    fields = "\n".join(f"    {name} integer" for name in names)
    return f"""
entity customer
    from customers
    key customer_id
{fields}
    the_text text
    the_date date

events purchase of customer
    from orders
    by customer_id
    at ordered_at
{fields}
"""


def _assert_fine(analyzed: Analyzed) -> None:
    assert not analyzed.diagnostics, full(analyzed.diagnostics)


# ── conflicts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_grammar_has_no_conflict(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger=lark.logger.name):
        lark.Lark.open(
            str(grammar_folder() / "segql.lark"), parser="lalr", start=STARTS, maybe_placeholders=True, debug=True
        )

    assert [each for each in caplog.messages if re.search("conflict", each, re.IGNORECASE)] == []


def test_the_grammar_knows_many_words() -> None:
    assert len(WORDS) > 100
    assert set(WORDS) >= HARD | {"contains", "purchase", "segment", "ignoring", "days", "periods"} - {"purchase"}


# ── words and names ──────────────────────────────────────────────────────────────────────────────────────────────────

_OF_A_NUMBER = (
    "{} = 1",
    "{}=1",
    "1 < {}",
    "not {} = 1 or {} > 2 and {} != 3",
    "({} + 1) * {} - {} / 2 > {} mod 3",
    "{} is missing or {} is known",
    "{} between 1 and {} and {} not between 2 and 3",
    "{} in (1, 2) and {} not in (3)",
    "abs({}) > 1",
    "customer.{} > 1",
    "sum(purchase.{}) > 1 and count(purchase where {} > 1) > 0 and last(purchase.{}) = 1",
    "did purchase in last 3 days where ({} > 1 and customer.{} > 1)",
    "at least 1 of ({} = 1, {} = 2)",
)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("ending", ["ry", "_x", "s2", "é"])
def test_a_keyword_is_never_the_beginning_of_a_name(word: str, ending: str) -> None:
    name = word + ending
    if name in WORDS:
        pytest.skip("this name is a word of its own")
    conditions = [text.replace("{}", name) for text in _OF_A_NUMBER]

    _assert_fine(_check(_catalog(name), *conditions))


@pytest.mark.parametrize("word", [each for each in WORDS if each not in HARD])
def test_a_soft_word_is_a_name_like_any_other(word: str) -> None:
    conditions = [text.replace("{}", word) for text in _OF_A_NUMBER]

    _assert_fine(_check(_catalog(word), *conditions))


@pytest.mark.parametrize("word", [each for each in WORDS if each not in HARD])
def test_a_soft_word_is_a_name_at_the_start_of_a_line(word: str) -> None:
    condition = f"{word} = 1\n  and {word} = 2\nand\n{word} = 3\n or\n  {word}\n  > 4 and 3 =\n {word}"
    segment = f"segment s\n    where {word} = 1\n      and\n        {word} = 2\n      or {word}\n        > 3"

    _assert_fine(_check(_catalog(word), condition, segment))


@pytest.mark.parametrize("word", [each for each in WORDS if each not in HARD])
def test_a_soft_word_names_texts_and_dates(word: str) -> None:
    catalog = _catalog("x") + (
        f"entity {word}2\n    from {word}\n    key {word}\n    {word} text\n    the_day date\n"
        f'segment {word}_s of {word}2\n    where {word} = "a" and {word} contains "b" and {word} starts with "c"'
        f' and {word} like "d*" and {word} matches /e/ and {word} in ("f") ignoring case\n'
        f"entity {word}3\n    from a.{word}\n    key id\n    {word} date\n"
        f"segment {word}_d of {word}3\n    where {word} in last 3 days and {word} from 2026-01-01 to today and {word} is today"
        f" and {word} before today and {word} more than 3 days ago and {word} has anniversary today\n"
    )

    _assert_fine(_check(catalog))


@pytest.mark.parametrize("word", [each for each in WORDS if each not in HARD])
def test_a_soft_word_names_events_segments_traits_and_lists(word: str) -> None:
    catalog = _catalog("x") + (
        f"events {word} of customer\n    from {word}\n    by {word}_by\n    at {word}_at\n    {word} integer\n"
        f"segment {word}\n    where did {word} in last 3 days where ({word} > 1)\n"
        f"segment not_{word}\n    where not in segment {word} and count({word}) > 1 and sum({word}.{word}) > 1"
        f" and did not {word} and days since last({word}) > 3\n"
        f"trait {word}_t = count({word})\n"
        f'list {word} of customer from "x.csv" key {word}\n'
        f"param {word}_p integer = 3\n"
        f"segment listed\n    where in list {word} and {word}_t_90d > {word}_p\n"
    )

    _assert_fine(_check(catalog))


@pytest.mark.parametrize("word", sorted(HARD))
def test_a_hard_word_is_a_name_in_backticks(word: str) -> None:
    name = f"`{word}`"
    conditions = [text.replace("{}", name) for text in _OF_A_NUMBER]

    _assert_fine(_check(_catalog(name), *conditions))


@given(st.text(st.characters(exclude_characters="`\n\r\x00", exclude_categories=["Cs"]), min_size=1, max_size=12))
@example("home town")
@example('it\'s "quoted"')
@example("select")
@example("👍 名前")
@example("a.b")
@example("# no comment")
def test_any_text_is_a_name_in_backticks(name: str) -> None:
    catalog = _catalog(f"`{name}`")
    said = {each.name for each in check([Source.of("c.seg", catalog)]).diagnostics}
    analyzed = _check(catalog, f"`{name}` = 1", f"sum(purchase.`{name}`) > 1")

    # Characters that turn the direction of writing are pointed out, in names too.
    assert said <= {"bidirectional-character"}
    assert {each.name for each in analyzed.diagnostics} <= {"bidirectional-character"}
