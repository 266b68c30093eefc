"""The page of each message tells the truth: its example raises just this message, and its cure raises none."""

from __future__ import annotations

import re

import pytest

from segql.cli.pages import Page, pages
from segql.compiler import check
from segql.diagnostics.render.full import full
from segql.source import Source
from segql.syntax.cutting import DECLARATIONS
from tests.errors_file import catalog

# What is told of the command line or of files has no text in the language.
_OTHERWISE = {
    "E111": "a hundred brackets would fill the page; see tests/syntax/test_hard_input.py",
    "E210": "it is about `--set`",
    "E313": "it takes traits on many lines; see tests/spec/errors/types.md",
}
# A second entity, for what needs one.
_TEAM = """
entity team
    from teams
    key team_id
    size integer

segment big_teams of team
    where size > 10
"""
_ROW = re.compile(r"\w+ (?:\w+|list of \w+)(?: .*)?")
_ROWS = {"E130", "E208", "E209", "E304", "E312"}

TOLD = [
    (page, number)
    for page in pages()
    if page.code < "E400" and page.code not in _OTHERWISE
    for number in range(len(page.cases))
]


def _codes(page: Page, text: str) -> tuple[set[str], str]:
    """Return the codes of what is said about an example, and all that is said."""
    text = text.encode().decode("unicode_escape") if "\\u" in text else text
    first = text.split(maxsplit=1)[0]
    if page.code in _ROWS and first not in DECLARATIONS and _ROW.fullmatch(text):
        text = f"events thing of customer\n    from things\n    by customer_id\n    at time\n    {text}\n"
    base = catalog()
    if page.code in {"E206", "E207", "E315"}:
        base = re.sub(r"(?m)^((?:segment|trait) \w+)", r"\1 of customer", base) + _TEAM
    sources = [Source.of("catalog.seg", base), Source.of("example.seg", text)]
    if page.code == "E207":
        sources[1] = Source.of("example.seg", f"segment example of customer\n    where {text}")
    found = check(sources).diagnostics
    return {each.code for each in found}, full(found)


@pytest.mark.parametrize(("page", "number"), TOLD, ids=[f"{page.code}-{page.name}-{number}" for page, number in TOLD])
def test_the_example_raises_its_message_and_the_cure_raises_none(page: Page, number: int) -> None:
    case = page.cases[number]

    codes, told = _codes(page, case.example)
    assert codes == {page.code}, told

    codes, told = _codes(page, case.cure)
    assert codes == set(), told
