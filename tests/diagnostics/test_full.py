"""The format for people, as it is seen."""

from textwrap import dedent

import pytest

from segql.diagnostics import Diagnostic, Edit, Fix, Label
from segql.diagnostics.render import full
from segql.source import Source, display_width
from tests.diagnostics.samples import LABELLED, LOYAL, PLACELESS, UNKNOWN, WARNING, word


def shown(text: str) -> str:
    return dedent(text).lstrip("\n")


def test_the_words_are_underlined_and_the_cure_follows() -> None:
    assert full([UNKNOWN]) == shown(
        """
        error[E201]: unknown name `agee`
         --> shop/loyal.seg:2:11
          |
        2 |     where agee < 30
          |           ^^^^
          = hint: `age` is the closest field
          = fix: write `age`
        2 -     where agee < 30
        2 +     where age < 30
        """
    )


def test_a_label_on_another_line_gets_a_line_of_its_own() -> None:
    assert full([LABELLED]) == shown(
        """
        error[E307]: no value is both
         --> shop/loyal.seg:2:11
          |
        2 |     where agee < 30
          |           ^^^^^^^^^
         ...
        3 |       and agee > 40
          |           --------- and this
        """
    )


def test_a_label_on_the_same_line_stands_below_it() -> None:
    source = Source.of("a.seg", "age < 30 and age > 40")
    first, second = word(source, "age < 30"), word(source, "age > 40")
    found = Diagnostic("E1", "x", "no value is both", second, labels=(Label(first, "this too"),))

    assert full([found]) == shown(
        """
        error[E1]: no value is both
         --> a.seg:1:14
          |
        1 | age < 30 and age > 40
          |              ^^^^^^^^
          | -------- this too
        """
    )


def test_a_label_in_another_file_names_the_file() -> None:
    other = Source.of("b.seg", "segment loyal\n")
    found = Diagnostic("E203", "x", "twice", word(LOYAL, "loyal"), labels=(Label(word(other, "loyal"), "first"),))

    assert full([found]) == shown(
        """
        error[E203]: twice
         --> shop/loyal.seg:1:9
          |
        1 | segment loyal
          |         ^^^^^
         ::: b.seg
        1 | segment loyal
          |         ----- first
        """
    )


def test_what_has_no_place_shows_none() -> None:
    assert full([PLACELESS]) == "error[E502]: the database `a` cannot be opened\n  = hint: close it\n"


def test_several_are_parted_by_an_empty_line() -> None:
    assert "\n\nwarning[W001]: " in full([UNKNOWN, WARNING])


def test_nothing_is_nothing() -> None:
    assert full([]) == ""


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("", "agee"),
        ('name = "名前" and ', "agee"),
        ('name = "👍🏽" and ', "agee"),
        ('name = "é" and ', "agee"),
        ("\t\t", "agee"),
        ('name = "\u202e" and ', "agee"),
        ("name = ", '"日本"'),
    ],
)
def test_the_marks_stand_under_the_words(before: str, words: str) -> None:
    source = Source.of("a.seg", before + words + " < 30")
    lines = full([Diagnostic("E1", "x", "m", word(source, words))]).split("\n")
    text, marks = lines[3], lines[4]
    start = marks.index("^")

    assert display_width(text[: text.index(words)]) == start
    assert marks.count("^") == display_width(words)


def test_a_tab_is_shown_as_a_space() -> None:
    source = Source.of("a.seg", "\tagee")

    assert "1 |  agee\n  |  ^^^^\n" in full([Diagnostic("E1", "x", "m", word(source, "agee"))])


def test_letters_that_command_a_terminal_are_written_out() -> None:
    source = Source.of("a\x1b[31m.seg", 'name = "\u202e\x1b[2J\u2066" and agee')
    text = full([Diagnostic("E1", "x", "m\x07", word(source, "agee"), hint="\u2069")])

    assert r"\u{202e}\u{1b}[2J\u{2066}" in text
    assert not {"\x1b", "\u202e", "\u2066", "\u2069", "\x07"} & set(text)


def test_an_empty_place_at_the_end_still_has_a_mark() -> None:
    source = Source.of("a.seg", "age <")

    assert "1 | age <\n  |      ^\n" in full([Diagnostic("E1", "x", "m", source.span(5, 5))])


def test_a_place_over_several_lines_is_marked_to_the_end_of_the_first() -> None:
    source = Source.of("a.seg", "segment a\n    where age < 30\n")

    assert "1 | segment a\n  | ^^^^^^^^^\n" in full([Diagnostic("E1", "x", "m", source.span(0, len(source.text)))])


def test_a_very_long_line_is_cut_around_the_words() -> None:
    source = Source.of("a.seg", f"{'x' * 5_000} agee {'y' * 5_000}")
    text, marks = full([Diagnostic("E1", "x", "m", word(source, "agee"))]).split("\n")[3:5]

    assert len(text) < 200
    assert text[marks.index("^") : marks.rindex("^") + 1] == "agee"


def test_a_fix_with_several_edits_shows_the_lines_as_they_become() -> None:
    source = Source.of("a.seg", "age == 30\n  && vip\n")
    fix = Fix("write it so", (Edit(word(source, "&&"), "and"), Edit(word(source, "=="), "=")))

    assert full([Diagnostic("E1", "x", "m", fix=fix)]).endswith(
        "  = fix: write it so\n1 - age == 30\n2 -   && vip\n1 + age = 30\n2 +   and vip\n"
    )


def test_a_fix_over_many_lines_is_told_by_its_title() -> None:
    source = Source.of("a.seg", "\n".join("abcdefgh"))
    fix = Fix("turn it round", (Edit(word(source, "a"), "z"), Edit(word(source, "h"), "y")))

    assert full([Diagnostic("E1", "x", "m", fix=fix)]).endswith("  = fix: turn it round\n")


def test_line_numbers_of_any_width_share_one_gutter() -> None:
    source = Source.of("a.seg", "\n" * 98 + "first\nsecond\n")
    labels = (Label(word(source, "second"), "here"),)
    lines = full([Diagnostic("E1", "x", "m", word(source, "first"), labels=labels)]).split("\n")

    assert lines[2:4] == ["    |", " 99 | first"]
    assert lines[6] == "100 | second"


def test_colour_is_used_only_when_asked_for() -> None:
    assert "\x1b[" not in full([UNKNOWN])
    assert "\x1b[1;31merror[E201]\x1b[0m" in full([UNKNOWN], True)
