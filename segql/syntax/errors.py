"""Every syntax message. The docstring of each is its page: what it means, an example, the cure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from segql.diagnostics import Diagnostic, Edit, Fix
from segql.source import Span


def unexpected_word(span: Span, expected: Sequence[str], near: Sequence[str], hint: str = "") -> Diagnostic:
    """A word stands where the language has no place for it.

    Example:
        age < 30 annd country = "DE"
    Cure:
        age < 30 and country = "DE"
    """
    fix = None
    if near:
        hint = hint or f"`{near[0]}` is the closest word that may stand here"
        fix = Fix(f"write `{near[0]}`", (Edit(span, near[0]),))
    elif not hint and expected:
        hint = f"here may stand {_either(expected)}"
    return Diagnostic("E101", "unexpected-word", f"`{_shown(span)}` is not expected here", span, hint, fix=fix)


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
    return Diagnostic("E101", "unexpected-word", f"`{_shown(span)}` is not expected here", span, hint, fix=_fix(span, near))


def unexpected_character(span: Span, ours: str = "", edits: Sequence[Edit] = (), hint: str = "") -> Diagnostic:
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
        hint, title = hint or "nothing stands in its place", "take it out"
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
    what = "name" if span.text.startswith("`") else "text"
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
        return Diagnostic("E106", "foreign-spelling", f"`{_shown(span)}` has no meaning here", span, why)
    fix = Fix("write it so" if edits else f"write `{_short(ours)}`", tuple(edits)) if edits else _fix(span, ours)
    if not ours:
        fix = Fix("take it out", tuple(edits) or (Edit(span, ""),))
    message = f"`{_shown(span)}` is written `{_short(ours)}` here" if ours else f"`{_shown(span)}` has no place here"
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
    fix = Fix(f"write `{ours}`", (Edit(span, ours),))
    return Diagnostic(
        "E108",
        "null-word",
        f"`{span.text}` is written `{ours}` here",
        span,
        f"write `{ours}`",
        fix=fix,
    )


def chained_comparison(span: Span) -> Diagnostic:
    """Comparisons do not chain: each one compares two values.

    Example:
        18 < age < 30
    Cure:
        age > 18 and age < 30
    """
    hint = "join two comparisons with `and`, or write `x between 18 and 30` (both ends in)"
    return Diagnostic("E109", "chained-comparison", "a comparison has two sides, not three", span, hint)


def bidirectional_character(span: Span) -> Diagnostic:
    """A character that turns the direction of writing: the line may read otherwise than it is understood.

    Example:
        country = "DE\u202e"
    Cure:
        country = "DE"
    """
    letter = span.text
    message = f"the invisible character U+{ord(letter):04X} {unicodedata.name(letter, '')} hides how this line reads"
    fix = Fix("take it out", (Edit(span, ""),))
    return Diagnostic("E110", "bidirectional-character", message, span, "take it out", fix=fix)


def nested_too_deep(span: Span, limit: int) -> Diagnostic:
    """Brackets, or other parts inside parts, stand too deep inside each other.

    Example:
        ((((((…))))))
    Cure:
        name the inner part with a trait or a segment of its own
    """
    message = f"parts stand more than {limit} deep inside each other"
    return Diagnostic(
        "E111",
        "nested-too-deep",
        message,
        span,
        "give the inner part a name with `trait` or `segment`",
    )


def empty_file(span: Span) -> Diagnostic:
    """The file holds no definition.

    Example:
        # only a comment
    Cure:
        age < 30
    """
    hint = "write a condition such as `age < 30`, or declarations such as `segment young` and its `where`"
    return Diagnostic("E112", "empty-file", "there is no definition in here", span, hint)


def unknown_declaration(span: Span, near: Sequence[str], known: Sequence[str]) -> Diagnostic:
    """A line begins in the first column, and its first word is not one that begins a declaration.

    Example:
        segmnt young
            where age < 30
    Cure:
        segment young
            where age < 30
    """
    word = _shown(span)
    if near:
        hint = f"`{near[0]}` is the closest word that begins a declaration"
        fix = Fix(f"write `{near[0]}`", (Edit(span, near[0]),))
    else:
        hint = f"a declaration begins with {_either([f'`{each}`' for each in known])}; its other lines are indented"
        fix = None
    return Diagnostic("E113", "unknown-declaration", f"`{word}` begins no declaration", span, hint, fix=fix)


def condition_not_alone(span: Span) -> Diagnostic:
    """A file that begins with a bare condition holds this condition and nothing else.

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
    hint = "give the condition a name: `segment name`, and under it, indented, `where` and the condition"
    return Diagnostic("E114", "condition-not-alone", "a bare condition stands alone in its file", span, hint)


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
    hint = (
        f"`{near[0]}` is the closest unit" if near else "units are seconds, minutes, hours, days, weeks, months, years"
    )
    fix = Fix(f"write `{near[0]}`", (Edit(span, near[0]),)) if near else None
    return Diagnostic("E117", "unknown-unit", f"unknown unit `{span.text}`", span, hint, fix=fix)


def missing_unit(span: Span) -> Diagnostic:
    """A length of time is only a number.

    Example:
        signed_up_at in last 90
    Cure:
        signed_up_at in last 90 days
    """
    hint = f"write `{span.text} days`, or another unit: seconds, minutes, hours, weeks, months, quarters, years"
    return Diagnostic("E118", "missing-unit", f"`{span.text}` has no unit of time", span, hint)


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
        segment young
    Cure:
        segment young
            where age < 30
    """
    hint = f"next may come {_either(expected)}" if expected else ""
    return Diagnostic("E122", "unexpected-end", "this ends before it is whole", span, hint)


def wrong_name(span: Span, hint: str) -> Diagnostic:
    """A name is empty, or not where it belongs.

    Example:
        trait = count(purchase)
    Cure:
        trait purchases = count(purchase)
    """
    return Diagnostic("E123", "wrong-name", "a name is missing here", span, hint)


def too_large(span: Span, what: str) -> Diagnostic:
    """A length of time or a count is too large to mean anything.

    Example:
        signed_up_at in last 9999999 days
    Cure:
        signed_up_at is known
    """
    return Diagnostic("E124", "too-large", f"{what} is too large", span, "use a smaller number")


def _shown(span: Span) -> str:
    """Return the words of a place, short enough for one line and free of line breaks."""
    text = " ".join(span.text.split())
    return text if len(text) <= 40 else text[:39] + "…"


def _either(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return ", ".join(words[:-1]) + " or " + words[-1]
