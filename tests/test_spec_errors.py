"""The product's voice: every message as a user sees it, and every rule that messages keep."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import segql
from segql.cli.pages import ROOMS, Page, pages
from segql.compiler import check
from segql.diagnostics import Diagnostic, Edit
from segql.source import Source
from tests.errors_file import Mistake, catalog, mistakes, rewritten
from tests.errors_file import pages as error_pages

ALL = [mistake for page in error_pages() for mistake in mistakes(page)]


# ── the pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", error_pages(), ids=lambda page: page.stem)
def test_messages_are_as_written_down(page: Path, *, updating: bool) -> None:
    today = rewritten(page)
    if updating:
        page.write_text(today, encoding="utf-8")

    assert page.read_text(encoding="utf-8") == today


def test_there_are_many_mistakes_and_each_has_a_heading_of_its_own() -> None:
    assert len(ALL) >= 60
    assert [name for name, count in Counter(map(str, ALL)).items() if count > 1] == []


def test_the_catalog_of_all_pages_is_sound() -> None:
    assert check([Source.of("catalog.seg", catalog())]).diagnostics == ()


@pytest.mark.parametrize("mistake", ALL, ids=str)
def test_a_message_has_the_voice_of_the_product(mistake: Mistake) -> None:
    for each in mistake.analyzed().diagnostics:
        assert each.span is not None
        # The place lies in its file, on one line unless the mistake itself does not.
        assert 0 <= each.span.start <= each.span.end <= len(each.span.source.text)
        for text in (each.message, each.hint):
            without_names = re.sub(r"`[^`]*`|\"[^\"]*\"", "", text)
            assert not re.search(r"\byou\b|\byour\b", without_names, re.IGNORECASE), text
            assert not re.search(r"\b(?:token|parser|lark|None|null|Traceback|Exception|regex)\b", without_names), text
            assert "\n" not in text
            assert not text.endswith("."), text
            assert not text[:1].isupper(), text
        assert each.hint, f"{each.message}: there is no cure"
        assert not each.hint.startswith("``"), each.hint


@pytest.mark.parametrize("mistake", ALL, ids=str)
def test_the_fix_of_a_message_cures_it(mistake: Mistake) -> None:
    before = mistake.analyzed().diagnostics
    for each in before:
        if each.fix is None or each.code in _FIXED_IN_PART:
            continue
        after = _fixed(mistake, each.fix.edits)
        # What one fix mends may let another mistake be seen for the first time; never more than one.
        assert Counter(map(_what, after))[_what(each)] < Counter(map(_what, before))[_what(each)]
        assert len(after) <= len(before)


# A unit that is missing is guessed; the guess may not fit what stands beside it.
_FIXED_IN_PART: frozenset[str] = frozenset()


def _alone() -> Iterator[Mistake]:
    """Yield the bare conditions of one line that hold one mistake."""
    for each in ALL:
        text = each.files.get("example.seg", "").strip()
        is_line = list(each.files) == ["example.seg"] and "\n" not in text
        if is_line and text.split()[0] not in _NO_CONDITIONS and len(each.analyzed().diagnostics) == 1:
            yield each


_NO_CONDITIONS = {"segment", "trait", "param", "list", "one", "score"}
# Nothing can be read of these, so no more can be said of what stands beside them.
_UNFINISHED = {
    "time: stopped for how long",
    "time: resumed after what",
    "time: entered when",
}
# What stands behind these belongs to them: an open bracket or a window goes on, a join waits for what comes.
_GOES_ON = {
    "signs: a bracket that is not closed",
    "signs: a condition is missing",
    "signs: an open `where`",
    "signs: the outer bracket is not closed",
    *_UNFINISHED,
}
# These are only seen at the start of a condition.
_BEGINS = {
    "habits: a lambda, an assignment",
    "habits: only its `where`",
    "pasted: a line number",
    "signs: a condition is missing at the start",
    "time: the first ever with `did`",
    *_UNFINISHED,
}


@pytest.mark.parametrize("mistake", list(_alone()), ids=str)
def test_two_mistakes_give_two_messages(mistake: Mistake) -> None:
    text, code = mistake.files["example.seg"].strip(), mistake.analyzed().diagnostics[0].code
    both = Counter([code, "E201"])

    def codes(condition: str) -> Counter[str]:
        sources = [Source.of("catalog.seg", catalog()), Source.of("example.seg", condition)]
        return Counter(each.code for each in check(sources).diagnostics)

    if str(mistake) not in _GOES_ON:
        assert codes(f"{text}\n  and shoe_size > 3") == both
    if str(mistake) not in _BEGINS:
        assert codes(f"shoe_size > 3\n  and {text}") == both


def _what(diagnostic: Diagnostic) -> tuple[str, str]:
    return diagnostic.code, diagnostic.message


def _fixed(mistake: Mistake, edits: tuple[Edit, ...]) -> tuple[Diagnostic, ...]:
    """Return what is said once the edits are done."""
    files = {name: Source.of(name, text).text for name, text in {"catalog.seg": catalog(), **mistake.files}.items()}
    for edit in sorted(edits, key=lambda each: (each.span.start, each.span.end), reverse=True):
        name, text = edit.span.source.name, files[edit.span.source.name]
        files[name] = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return check([Source.of(name, text) for name, text in files.items()]).diagnostics


# ── the pages of `segql explain` ─────────────────────────────────────────────────────────────────────────────────────

_SHOWN = {code for mistake in ALL for code in re.findall(r"^(?:error|warning)\[(\w+)\]", mistake.told, re.MULTILINE)}
_BOOKS = {room: ast.parse((Path(segql.__file__).parent / room / "errors.py").read_text("utf-8")) for room in ROOMS}


def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for room, book in _BOOKS.items():
        for statement in book.body:
            if isinstance(statement, ast.FunctionDef) and not statement.name.startswith("_"):
                yield room, statement


def _codes(function: ast.FunctionDef) -> set[tuple[str, str]]:
    """Return the code and name that a function gives to what it makes."""
    return {
        (each.args[0].value, each.args[1].value)
        for each in ast.walk(function)
        if isinstance(each, ast.Call)
        and len(each.args) > 1
        and isinstance(each.args[0], ast.Constant)
        and isinstance(each.args[1], ast.Constant)
        and re.fullmatch(r"[EW]\d{3}", str(each.args[0].value))
    }


def test_every_error_module_is_a_room_of_the_pages() -> None:
    found = {path.parent.name for path in Path(segql.__file__).parent.rglob("errors.py")}

    assert found == set(ROOMS)


def test_each_function_makes_one_message_and_no_other_makes_it() -> None:
    made = [(function.name, code) for _, function in _functions() for code in _codes(function)]

    assert Counter(name for name, _ in made).most_common(1)[0][1] == 1
    assert Counter(code for _, (code, _) in made).most_common(1)[0][1] == 1
    assert {function.name for _, function in _functions()} == {name for name, _ in made}


def test_names_are_kebab_case_and_belong_to_one_code_each() -> None:
    made = {code for _, function in _functions() for code in _codes(function)}

    assert [name for _, name in made if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name)] == []
    # `too-large` is one thing to a reader, whichever stage finds it.
    assert {name for name, count in Counter(name for _, name in made).items() if count > 1} <= {"too-large"}


@pytest.mark.parametrize("page", pages(), ids=lambda page: f"{page.code}-{page.name}")
def test_every_page_has_an_example_and_its_cure(page: Page) -> None:
    for case in page.cases:
        assert case.summary.endswith(".")
        assert case.example
        assert case.cure
        assert case.example != case.cure
