"""Every syntax message. The docstring of each is its page: what it means, an example, the cure."""

from __future__ import annotations

from collections.abc import Sequence

from segql.diagnostics import Diagnostic, Edit, Fix
from segql.source import Span
from segql.syntax.lookalikes import named, strangers

# Parts inside parts: more than any reader can follow, and what recursion over the tree can bear.
DEPTH_MAX = 100

# In the text of an edit, the place of a value that nobody can guess; see `mending`.
HOLE = "\ue000"
_UNITS = "seconds, minutes, hours, days, weeks, months, quarters and years"


def unexpected_word(span: Span, expected: Sequence[str], hint: str = "") -> Diagnostic:
    """A word stands where the language has no place for it.

    Example:
        did purchase in last 30 days before 2026-01-01
    Cure:
        did purchase from 2025-12-01 to 2025-12-31
    """
    if not hint and expected:
        hint = f"here may stand {_either(expected)}"
    return Diagnostic("E101", "unexpected-word", f"`{_shown(span)}` is not expected here", span, hint)


def unexpected_character(span: Span, ours: str = "", edits: Sequence[Edit] = ()) -> Diagnostic:
    """A character that the language does not know outside of text in quotes, often invisible or pasted.

    Example:
        age < 30 ?
    Cure:
        age < 30
    """
    letter = span.text
    shown = f"`{letter}`" if letter.isprintable() and letter.isascii() else f"the character {named(letter)}"
    if ours.strip():
        hint, title = f"`{ours}` is meant, which looks like it", f"write `{ours}`"
    elif ours:
        hint, title = "a plain space is meant, which looks like it", "put a plain space"
    else:
        hint, title = "it is no sign of the language", "take it out"
    if len(edits) > 1:
        title += f", {len(edits)} times"
    fix = Fix(title, tuple(edits)) if edits else None
    return Diagnostic("E102", "unexpected-character", f"{shown} has no meaning here", span, hint, fix=fix)


def missing_value(span: Span, side: str, hint: str = "", what: str = "value") -> Diagnostic:
    """A value or condition is missing after this word, or before it.

    Example:
        age < and country = "DE"
    Cure:
        age < 30 and country = "DE"
    """
    if not hint and what == "condition":
        hint = 'write a condition, as in `age < 30` or `country = "DE"`'
    hint = hint or "write the value: a field, a number, a text in quotes or a date"
    return Diagnostic("E103", "missing-value", f"a {what} is missing {side} `{_shown(span)}`", span, hint)


def unclosed_text(span: Span, closed: str = "", why: str = "") -> Diagnostic:
    """A text begins with a quote and has no second quote on the same line.

    Example:
        country = "DE
    Cure:
        country = "DE"
    """
    hint = why or 'put the same quote at its end, on the same line; a quote inside it is written `\\"`'
    what = "text"
    if span.text.startswith("`"):
        what, hint = "name", "put a backtick at its end"
    fix = _fix(span, closed) if closed else None
    return Diagnostic("E104", "unclosed-text", f"this {what} is not closed", span, hint, fix=fix)


def unclosed_bracket(span: Span, place: Span | None = None, before: str = "") -> Diagnostic:
    """A bracket is opened and never closed.

    Example:
        (age < 30 or age > 60
    Cure:
        (age < 30 or age > 60)
    """
    hint = f"put `)` before `{before}`" if before else "put `)` at its end"
    fix = Fix("put `)`", (Edit(place, ")"),)) if place else None
    return Diagnostic("E105", "unclosed-bracket", "this bracket is not closed", span, hint, fix=fix)


def foreign_spelling(span: Span, ours: str, why: str = "", edits: Sequence[Edit] = ()) -> Diagnostic:
    """A word or sign from a programming language, SQL or a spreadsheet; this language has one way to say it.

    Example:
        age == 30 && country <> "DE"
    Cure:
        age = 30 and country != "DE"
    """
    if HOLE in ours:
        return Diagnostic("E106", "foreign-spelling", f"{_ticked(span.text)} has no meaning here", span, why)
    title = "take them out" if all(not each.text for each in edits) else "write it so"
    fix = Fix(title, tuple(edits)) if edits else _fix(span, ours)
    shown = _ticked(span.text)
    message = f"{shown} is written {_ticked(ours)} here" if ours else f"{shown} has no place here"
    return Diagnostic("E106", "foreign-spelling", message, span, why, fix=fix)


def smart_quotes(span: Span, straight: str = "") -> Diagnostic:
    """Typographic quotes, as word processors and mail programs put them; text stands in straight quotes.

    Example:
        country = “DE”
    Cure:
        country = "DE"
    """
    straight = straight or '"' + span.text[1:-1].replace('"', '\\"') + '"'
    hint = "word processors and mail programs turn quotes into these"
    return Diagnostic("E107", "smart-quotes", "text stands in straight quotes", span, hint, fix=_fix(span, straight))


def null_word(span: Span, ours: str) -> Diagnostic:
    """`null` is a word of databases; a value is `missing` or `known`.

    Example:
        age is null or email is not null
    Cure:
        age is missing or email is known
    """
    message = f"`{_shown(span)}` is written `{ours}` here"
    return Diagnostic("E108", "null-word", message, span, "a value is `missing` or `known`", fix=_fix(span, ours))


def chained_comparison(span: Span, pairs: Sequence[Span], name: str = "") -> Diagnostic:
    """Comparisons do not chain: each one compares two values.

    Example:
        18 < age < 30
    Cure:
        18 < age and age < 30
    """
    hint = "join two comparisons with `and`, or write `x between 18 and 30` (both ends in)"
    fix = _fix(span, " and ".join(each.text for each in pairs)) if len(span.text) < 200 else None
    if name:
        hint, fix = f"a named condition is declared with `segment {name}`, and under it, indented, `where …`", None
    return Diagnostic("E109", "chained-comparison", "a comparison has two sides, not three", span, hint, fix=fix)


def bidirectional_character(span: Span) -> Diagnostic:
    """A character that turns the direction of writing: the line may read otherwise than it is understood.

    Example:
        country = "DE\u202e"
    Cure:
        country = "DE"
    """
    message = f"the invisible character {named(span.text)} hides how this line reads"
    hint = "what follows it is shown in another order than it is read"
    return Diagnostic("E110", "bidirectional-character", message, span, hint, fix=Fix("take it out", (Edit(span, ""),)))


def nested_too_deep(span: Span) -> Diagnostic:
    """Brackets, or other parts inside parts, stand too deep inside each other.

    Example:
        ((((((… more than a hundred brackets …))))))
    Cure:
        in segment inner_part
    """
    message = f"parts stand more than {DEPTH_MAX} deep inside each other"
    return Diagnostic("E111", "nested-too-deep", message, span, "give the inner part a name with `trait` or `segment`")


def empty_file(span: Span) -> Diagnostic:
    """The file holds no definition.

    Example:
        # only a comment
    Cure:
        age < 30
    """
    hint = "write a condition such as `age < 30`, or declarations such as `segment young` and its `where`"
    return Diagnostic("E112", "empty-file", "there is no definition in here", span, hint)


def unknown_declaration(span: Span, near: str, known: Sequence[str]) -> Diagnostic:
    """A line begins in the first column, and its first word is not one that begins a declaration.

    Example:
        segment young
            where age < 30
        segmnt old
            where age > 60
    Cure:
        segment young
            where age < 30
        segment old
            where age > 60
    """
    if near and near[:1] != span.text[:1].lower():
        hint = f"it is called `{near}` here"
    elif near:
        hint = f"`{near}` is the closest word that begins a declaration"
    else:
        hint = f"a declaration begins with {_either([f'`{each}`' for each in known])}; its other lines are indented"
    fix = _fix(span, near) if near else None
    return Diagnostic("E113", "unknown-declaration", f"`{_shown(span)}` begins no declaration", span, hint, fix=fix)


def condition_not_alone(span: Span, name: str = "young") -> Diagnostic:
    """A bare condition stands in a file with something else; it would have no name.

    Example:
        age < 30
        segment old
            where age > 60
    Cure:
        segment young
            where age < 30
        segment old
            where age > 60
    """
    line = span.text.split("\n", 1)[0].rstrip()
    first = Span(span.source, span.start, span.start + len(line))
    fix = None
    if span.text.strip() == line:
        fix = Fix("give it a name", (Edit(Span(span.source, span.start, span.start), f"segment {name}\n    where "),))
    hint = "give it a name: `segment name`, and under it, indented, `where` and the condition"
    return Diagnostic("E114", "condition-not-alone", "a bare condition stands alone in its file", first, hint, fix=fix)


def unknown_escape(span: Span) -> Diagnostic:
    r"""A backslash in a text is followed by something that it has no meaning with.

    Example:
        name contains "a\d"
    Cure:
        name contains "a\\d"
    """
    hint = "known are `\\\"`, `\\'`, `\\\\`, `\\n` and `\\t`; a backslash itself is written `\\\\`"
    return Diagnostic("E115", "unknown-escape", f"`{span.text}` has no meaning in a text", span, hint)


def no_such_date(span: Span) -> Diagnostic:
    """A date or time that no calendar has.

    Example:
        signed_up_at since 2026-02-30
    Cure:
        signed_up_at since 2026-02-28
    """
    hint = "dates are written `2026-01-31`, instants `2026-01-31T10:00:00Z`"
    return Diagnostic("E116", "no-such-date", f"there is no `{span.text}`", span, hint)


def unknown_unit(span: Span, near: Sequence[str]) -> Diagnostic:
    """A length of time needs a unit that is known.

    Example:
        signed_up_at in last 90 dayz
    Cure:
        signed_up_at in last 90 days
    """
    hint = f"`{near[0]}` is the closest unit" if near else f"units are {_UNITS}"
    fix = _fix(span, near[0]) if near else None
    return Diagnostic("E117", "unknown-unit", f"unknown unit `{_shown(span)}`", span, hint, fix=fix)


def missing_unit(span: Span) -> Diagnostic:
    """A length of time is only a number.

    Example:
        signed_up_at in last 90
    Cure:
        signed_up_at in last 90 days
    """
    fix = _fix(span, f"{span.text} days")
    return Diagnostic(
        "E118", "missing-unit", f"`{span.text}` has no unit of time", span, f"units are {_UNITS}", fix=fix
    )


def loose_window(span: Span, ours: str) -> Diagnostic:
    """A stretch of time that can be read in two ways.

    Example:
        did purchase in last week
    Cure:
        did purchase in last 7 days
    """
    return Diagnostic("E119", "loose-window", f"`{span.text}` can be read in two ways", span, f"write {ours}")


def loose_times(span: Span, number: int) -> Diagnostic:
    """How often can be meant as `at least` or as `exactly`.

    Example:
        did purchase 3 times
    Cure:
        did purchase at least 3 times
    """
    hint = f"write `at least {number} times` or `exactly {number} times`"
    return Diagnostic("E120", "loose-times", f"`{span.text}` can be read in two ways", span, hint)


def number_too_long(span: Span) -> Diagnostic:
    """A number has more digits than any engine keeps.

    Example:
        age < 1000000000000000000000000000000000000000
    Cure:
        age < 120
    """
    message = "this number has more than 38 digits"
    return Diagnostic("E121", "number-too-long", message, span, "write a number of at most 38 digits")


def unexpected_end(span: Span, expected: Sequence[str]) -> Diagnostic:
    """A declaration ends before it is whole.

    Example:
        segment young of
    Cure:
        segment young of customer
            where age < 30
    """
    hint = f"next may come {_either(expected)}" if expected else ""
    return Diagnostic("E122", "unexpected-end", "this ends before it is whole", span, hint)


def wrong_name(span: Span, ours: str, why: str) -> Diagnostic:
    """A name is not one plain word, and not in backticks.

    Example:
        segment young-people
            where age < 30
    Cure:
        segment young_people
            where age < 30
    """
    return Diagnostic("E123", "wrong-name", f"`{_shown(span)}` is no name", span, why, fix=_fix(span, ours))


def too_large(span: Span, what: str) -> Diagnostic:
    """A length of time or a count is too large to mean anything.

    Example:
        signed_up_at in last 9999999 days
    Cure:
        signed_up_at is known
    """
    return Diagnostic("E124", "too-large", f"{what} is too large", span, "use a smaller number")


def misspelt_word(span: Span, near: str) -> Diagnostic:
    """A word of the language is misspelt.

    Example:
        name contians "Ann"
    Cure:
        name contains "Ann"
    """
    hint = f"`{near}` is the closest word that may stand here"
    strange = strangers(span.text)
    if strange:
        hint = f"it holds {named(strange)}; write `{near}`"
    return Diagnostic(
        "E125", "misspelt-word", f"`{_shown(span)}` is not expected here", span, hint, fix=_fix(span, near)
    )


def missing_join(span: Span) -> Diagnostic:
    """Two conditions stand side by side, with nothing that joins them.

    Example:
        age < 30 country = "DE"
    Cure:
        age < 30 and country = "DE"
    """
    hint = "join the two conditions with `and` where both must hold, with `or` where one is enough"
    return Diagnostic("E126", "missing-join", f"`and` or `or` is missing before `{_shown(span)}`", span, hint)


def names_side_by_side(span: Span) -> Diagnostic:
    """Two names stand side by side: one name with a space, or two conditions.

    Example:
        home town = "Berlin"
    Cure:
        `home town` = "Berlin"
    """
    second = span.text.split()[-1]
    ticked = "`" + " ".join(span.text.split()) + "`"
    hint = f"a name with a space stands in backticks: {ticked}; conditions are joined with `and` or `or`"
    return Diagnostic(
        "E127", "names-side-by-side", f"nothing joins `{span.text.split()[0]}` and `{second}`", span, hint
    )


def missing_clause(span: Span, clauses: Sequence[str], hint: str) -> Diagnostic:
    """A declaration lacks a line or word that it needs.

    Example:
        segment young
            owner "growth@shop.example"
    Cure:
        segment young
            owner "growth@shop.example"
            where age < 30
    """
    lacking = " and no ".join("value" if each == "=" else f"`{each}`" for each in clauses)
    this = "these" if span.text in {"events", "tiers"} else f"this {span.text}"
    has = "have" if this == "these" else "has"
    this = f"these {span.text}" if this == "these" else this
    return Diagnostic("E128", "missing-clause", f"{this} {has} no {lacking}", span, hint)


def missing_where(span: Span, place: Span) -> Diagnostic:
    """The condition of a segment stands without its `where`.

    Example:
        segment young
            age < 30
    Cure:
        segment young
            where age < 30
    """
    fix = Fix("write `where`", (Edit(place, "where "),))
    hint = "a segment says its condition after `where`"
    return Diagnostic("E129", "missing-where", "`where` is missing before this condition", span, hint, fix=fix)


def missing_type(span: Span, type_: str, place: Span | None = None) -> Diagnostic:
    """A field or param has no type.

    Example:
        param max_age = 30
    Cure:
        param max_age integer = 30
    """
    fix = Fix(f"write `{type_}`", (Edit(place, f" {type_}"),)) if place else None
    name = span.text.split()[-1]
    hint = "types are boolean, integer, decimal, float, text, date, timestamp, json and `list of` one of them"
    return Diagnostic("E130", "missing-type", f"`{name}` has no type", span, hint, fix=fix)


def missing_brackets(span: Span, edits: Sequence[Edit]) -> Diagnostic:
    """The condition after `where` stands in brackets, so that it is clear where it ends.

    Example:
        did purchase where amount > 20
    Cure:
        did purchase where (amount > 20)
    """
    hint = "so that it is clear what is asked of the row, and what of the member"
    fix = Fix(f"write `({_short(span.text)})`", tuple(edits))
    return Diagnostic("E131", "missing-brackets", "the condition after `where` stands in brackets", span, hint, fix=fix)


def missing_comma(span: Span, place: Span) -> Diagnostic:
    """Two values in brackets stand side by side, with nothing between them.

    Example:
        country in ("DE" "FR")
    Cure:
        country in ("DE", "FR")
    """
    fix = Fix("put `,`", (Edit(place, ","),))
    message = f"a `,` is missing before `{_shown(span)}`"
    return Diagnostic("E132", "missing-comma", message, span, "values are parted by commas", fix=fix)


def unopened_bracket(span: Span) -> Diagnostic:
    """A bracket is closed that was never opened.

    Example:
        age < 30 or age > 60)
    Cure:
        age < 30 or age > 60
    """
    hint = "take it out, or put `(` where it should begin"
    return Diagnostic("E133", "unopened-bracket", "this bracket was never opened", span, hint, fix=_fix(span, ""))


def repeated_word(span: Span, gone: Span) -> Diagnostic:
    """A joining word stands twice.

    Example:
        age < 30 and and country = "DE"
    Cure:
        age < 30 and country = "DE"
    """
    return Diagnostic(
        "E134", "repeated-word", f"`{span.text}` stands here twice", span, "one is enough", fix=_fix(gone, "")
    )


def wrong_order(span: Span, ours: str, why: str, edits: Sequence[Edit] = ()) -> Diagnostic:
    """The parts of a line, or the lines of a declaration, stand in another order.

    Example:
        did purchase in last 90 days at least 3 times
    Cure:
        did purchase at least 3 times in last 90 days
    """
    fix = Fix("write it in that order", tuple(edits) or (Edit(span, ours),))
    return Diagnostic("E135", "wrong-order", f"`{_shown(span)}` stands in the wrong place", span, why, fix=fix)


def not_indented(lines: Sequence[Span]) -> Diagnostic:
    """A line that goes on with a declaration begins in the first column.

    Example:
        segment young
        where age < 30
    Cure:
        segment young
            where age < 30
    """
    hint = "only the first line of a declaration begins in the first column"
    span, edits = lines[0], tuple(Edit(Span(each.source, each.start, each.start), "    ") for each in lines)
    fix = Fix("indent it" if len(lines) == 1 else f"indent these {len(lines)} lines", edits)
    return Diagnostic("E136", "not-indented", f"`{_shown(span)}` is not indented", span, hint, fix=fix)


def indented_declaration(span: Span, spaces: Span) -> Diagnostic:
    """A declaration begins with spaces before it.

    Example:
        segment young
            where age < 30
            segment old
                where age > 60
    Cure:
        segment young
            where age < 30
        segment old
            where age > 60
    """
    hint = "a declaration begins in the first column"
    fix = Fix("take the spaces away", (Edit(spaces, ""),))
    return Diagnostic("E137", "indented-declaration", f"`{_shown(span)}` is indented", span, hint, fix=fix)


def quantifier_needed(span: Span) -> Diagnostic:
    """Events or rows stand alone, without how many of them there must be.

    Example:
        subscription where (status = "active")
    Cure:
        any subscription where (status = "active")
    """
    name = span.text
    hint = f"of rows, write `any {name} where (…)`; of events, `did {name} where (…)`"
    return Diagnostic("E138", "quantifier-needed", f"`{name} where` does not say how many", span, hint)


def set_needed(span: Span, name: str) -> Diagnostic:
    """`in` does not say in what: a segment or a list.

    Example:
        in vip
    Cure:
        in segment vip
    """
    hint = f"write `in segment {name}` or `in list {name}`"
    return Diagnostic("E139", "set-needed", f"`{_shown(span)}` does not say in what", span, hint)


def whole_number_needed(span: Span) -> Diagnostic:
    """How often something happened is a whole number.

    Example:
        did purchase at least 1.5 times
    Cure:
        did purchase at least 2 times
    """
    hint = "things are counted by whole numbers, as in `at least 2 times`"
    return Diagnostic("E140", "whole-number-needed", f"`{_shown(span)}` is no count", span, hint)


def missing_name(span: Span) -> Diagnostic:
    """A declaration has no name.

    Example:
        segment
            where age < 30
    Cure:
        segment young
            where age < 30
    """
    word = span.text.lower()
    hint = f"write it after the word, as in `{word} young_people`"
    return Diagnostic("E141", "missing-name", f"this {word} has no name", span, hint)


def window_alone(span: Span) -> Diagnostic:
    """A window of time stands alone, without what lies in it.

    Example:
        in last 30 days
    Cure:
        did purchase in last 30 days
    """
    hint = "say what lies in it: a date field, `did` and an event, or a trait"
    return Diagnostic("E142", "window-alone", f"nothing stands before `{_shown(span)}`", span, hint)


def _fix(span: Span, ours: str) -> Fix:
    """Return the fix that writes `ours` in a place, with the spaces that keep words apart."""
    text, source = ours, span.source.text
    if ours[-1:].isalnum() and source[span.end : span.end + 1].isalnum():
        text += " "
    if ours[:1].isalnum() and source[max(0, span.start - 1) : span.start].isalnum():
        text = " " + text
    return Fix(f"write {_ticked(ours)}" if ours else "take it out", (Edit(span, text),))


def _shown(span: Span) -> str:
    """Return the words of a place, short enough for one line and free of line breaks."""
    return _short(span.text)


def _ticked(text: str) -> str:
    """Return a text in backticks, unless it brings some of its own."""
    return _short(text) if "`" in text else f"`{_short(text)}`"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"


def _either(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return ", ".join(words[:-1]) + " or " + words[-1]
