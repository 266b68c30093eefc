"""Every message about names, types and meaning. The docstring of each is its page: meaning, example, cure."""

from __future__ import annotations

from collections.abc import Sequence

from segql.diagnostics import Diagnostic, Edit, Fix, Label
from segql.source import Span
from segql.syntax.lookalikes import named, strangers
from segql.types import Type

# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def unknown_name(
    span: Span, what: str, name: str, near: Sequence[str], hint: str = "", known: Sequence[str] = (), ours: str = ""
) -> Diagnostic:
    """A name that nothing in the project declares.

    Example:
        agee < 30
    Cure:
        age < 30
    """
    strange = strangers(name)
    if strange:
        hint = f"it holds {named(strange)}, which only looks like another letter"
    elif not hint and near and near[0].casefold() == name.casefold():
        hint = "small and capital letters count in names"
    elif not hint and near:
        hint = f"`{near[0]}` is the closest {what}"
    elif not hint:
        hint = f"known are {_listed(known)}" if known else f"declare the {what}"
    fix = _fix(span, ours or (near[0] if near else ""))
    return Diagnostic("E201", "unknown-name", f"unknown {what} `{name}`", span, hint, fix=fix)


def unknown_value(span: Span, value: str, field: str, near: Sequence[str], known: Sequence[str]) -> Diagnostic:
    """A value that the field's `one of (…)` does not list: nobody could ever have it.

    Example:
        country = "UK"
    Cure:
        country = "GB"
    """
    listed = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")
    hint = f"it can be {listed}"
    strange = strangers(value.strip('"'))
    if strange:
        hint = f"it holds {named(strange)}, which only looks like another letter; {hint}"
    elif near and near[0].casefold() == value.casefold():
        hint = f"small and capital letters count in texts; {hint}"
    return Diagnostic(
        "E202", "unknown-value", f"`{field}` is never {value}", span, hint, fix=_fix(span, near[0] if near else "")
    )


def repeated_name(span: Span, what: str, name: str, first: Span) -> Diagnostic:
    """Two declarations of one kind have the same name.

    Example:
        segment regulars
            where age > 60
        segment regulars
            where age > 70
    Cure:
        segment regulars
            where age > 60
        segment old_regulars
            where age > 70
    """
    where = f"{first.source.name}:{first.line}"
    return Diagnostic(
        "E203",
        "repeated-name",
        f"the {what} `{name}` is declared twice",
        span,
        f"give one of them another name; the first stands at {where}",
        labels=(Label(first, "declared here first"),),
    )


def reference_cycle(span: Span, names: Sequence[str], others: Sequence[Span] = ()) -> Diagnostic:
    """Segments or traits that are defined by each other, in a circle.

    Example:
        segment a
            where in segment b
        segment b
            where in segment a
    Cure:
        segment a
            where in segment b
        segment b
            where age < 30
    """
    way = " → ".join(f"`{each}`" for each in names)
    labels = tuple(
        Label(each, f"`{name}` uses `{used}`") for each, name, used in zip(others, names[1:], names[2:], strict=False)
    )
    hint = "break the circle in one of them" if len(names) > 2 else "say it without naming itself"
    return Diagnostic("E204", "reference-cycle", f"this is defined by itself: {way}", span, hint, labels=labels)


def unknown_metadata(span: Span, word: str, near: Sequence[str]) -> Diagnostic:
    """A line before `where` that says something unknown about a segment.

    Example:
        segment young
            ownr "growth"
            where age < 30
    Cure:
        segment young
            owner "growth"
            where age < 30
    """
    hint = f"`{near[0]}` is the closest; known are `owner` and `tags`" if near else "known are `owner` and `tags`"
    fix = _fix(span, near[0] if near else "")
    return Diagnostic("E205", "unknown-metadata", f"unknown word `{word}` about a segment", span, hint, fix=fix)


def entity_needed(span: Span, what: str, known: Sequence[str]) -> Diagnostic:
    """The project has several entities, and this does not say of which it is.

    Example:
        segment big
            where age > 60
    Cure:
        segment big of customer
            where age > 60
    """
    if not known:
        hint = "declare an entity: `entity customer`, and under it `from`, `key` and its fields"
        return Diagnostic("E206", "entity-needed", f"there is no entity for this {what}", span, hint)
    message = f"this {what} could be of {' or '.join(f'`{each}`' for each in known[:4])}"
    hint = f"write `of {known[0]}` after its name"
    if what == "condition":
        hint = f"say of which with `--entity {known[0]}`, or declare it: `segment name of {known[0]}`"
    return Diagnostic("E206", "entity-needed", message, span, hint)


def other_entity(span: Span, what: str, name: str, theirs: str, ours: str) -> Diagnostic:
    """A segment, list or event of another entity is used.

    Example:
        in segment big_teams
    Cure:
        in segment vip
    """
    hint = f"here it takes a {what} of `{ours}`"
    return Diagnostic("E207", "other-entity", f"the {what} `{name}` is of `{theirs}`, not of `{ours}`", span, hint)


def unknown_attribute(span: Span, word: str, near: Sequence[str]) -> Diagnostic:
    """A word after a field's type that is not known.

    Example:
        age integer optinal
    Cure:
        age integer optional
    """
    known = 'known are `optional`, `pii`, `column "…"`, `one of (…)` and a description in quotes'
    hint = f"`{near[0]}` is the closest; {known}" if near else known
    message = f"unknown word `{word}` after a field's type"
    return Diagnostic("E208", "unknown-attribute", message, span, hint, fix=_fix(span, near[0] if near else ""))


def unknown_zone(span: Span, name: str, near: Sequence[str]) -> Diagnostic:
    """A time zone that the time zone database does not have.

    Example:
        signed_up_at timestamp in "Europe/Berln"
    Cure:
        signed_up_at timestamp in "Europe/Berlin"
    """
    hint = f"`{near[0]}` is the closest" if near else "zones are named like `Europe/Berlin` or `UTC`"
    fix = _fix(span, f'"{near[0]}"' if near else "")
    return Diagnostic("E209", "unknown-zone", f"unknown time zone `{name}`", span, hint, fix=fix)


def unknown_param(name: str, near: Sequence[str]) -> Diagnostic:
    """A `--set` names a param that no file declares.

    Example:
        segql run vip --set min_spnd=250
    Cure:
        segql run vip --set min_spend=250
    """
    hint = f"`{near[0]}` is the closest" if near else "declare it: `param name decimal = 100`"
    return Diagnostic("E210", "unknown-param", f"unknown param `{name}`", None, hint)


def wrong_kind(span: Span, name: str, kind: str, needed: str, hint: str, ours: str = "") -> Diagnostic:
    """A name is known, but as something else than what is needed here.

    Example:
        purchase > 3
    Cure:
        count(purchase) > 3
    """
    message = f"`{name}` is {kind}, not {needed}"
    return Diagnostic("E211", "wrong-kind", message, span, hint, fix=_fix(span, ours))


# ── types and meaning ────────────────────────────────────────────────────────────────────────────────────────────────


def different_types(
    span: Span, left: Type, right: Type, hint: str, fix: Fix | None = None, sign: str = ""
) -> Diagnostic:
    """Two values of different kinds are compared or joined; nothing converts silently.

    Example:
        age = "30"
    Cure:
        age = 30
    """
    message = f"{_a(left)} and {_a(right)} do not compare"
    if sign:
        message = f"`{sign}` does not work between {_a(left)} and {_a(right)}"
    return Diagnostic("E301", "different-types", message, span, hint, fix=fix)


def condition_needed(span: Span, found: Type, hint: str) -> Diagnostic:
    """A value stands where a condition, true or false, is needed.

    Example:
        age and country = "DE"
    Cure:
        age > 18 and country = "DE"
    """
    return Diagnostic("E302", "condition-needed", f"a condition is needed here, this is {_a(found)}", span, hint)


def wrong_type(span: Span, what: str, needed: str, found: Type, hint: str = "", fix: Fix | None = None) -> Diagnostic:
    """A value of a type that this operation cannot work with.

    Example:
        age starts with "3"
    Cure:
        age >= 30
    """
    hint = hint or f"give it {needed}"
    message = f"{what} needs {needed}, this is {_a(found)}"
    return Diagnostic("E303", "wrong-type", message, span, hint, fix=fix)


def unknown_type(span: Span, name: str, near: Sequence[str]) -> Diagnostic:
    """A type that the language does not have.

    Example:
        age integr
    Cure:
        age integer
    """
    known = "types are boolean, integer, decimal, float, text, date, timestamp, json and `list of` one of them"
    hint = f"`{near[0]}` is the closest" if near else known
    if near and near[0][0] != name[:1].lower():
        hint = f"it is called `{near[0]}` here"
    return Diagnostic(
        "E304", "unknown-type", f"unknown type `{name}`", span, hint, fix=_fix(span, near[0] if near else "")
    )


def wrong_arguments(span: Span, function: str, needed: str, example: str) -> Diagnostic:
    """A function is given too few, too many or other things than it takes.

    Example:
        round(spend, 2, 3) > 1
    Cure:
        round(spend, 2) > 1
    """
    return Diagnostic("E305", "wrong-arguments", f"`{function}` takes {needed}", span, f"as in `{example}`")


def wrong_window(span: Span, message: str, hint: str, ours: str = "") -> Diagnostic:
    """A window of time that does not fit what it is asked of.

    Example:
        count(purchase in next 7 days) > 1
    Cure:
        count(purchase in last 7 days) > 1
    """
    return Diagnostic("E306", "wrong-window", message, span, hint, fix=_fix(span, ours))


def empty_window(span: Span, hint: str, ours: str = "") -> Diagnostic:
    """A window in which no instant can lie, whatever the day.

    Example:
        did purchase between 30 and 90 days ago
    Cure:
        did purchase between 90 and 30 days ago
    """
    return Diagnostic("E307", "empty-window", "no instant lies in this window", span, hint, fix=_fix(span, ours))


def wrong_pattern(span: Span, message: str, hint: str, ours: str = "") -> Diagnostic:
    """A pattern that is not valid, or that engines do not all read in the same way.

    Example:
        name matches /(?=a)b/
    Cure:
        name matches /ab/
    """
    return Diagnostic("E308", "wrong-pattern", message, span, hint, fix=_fix(span, ours))


def empty_list(span: Span) -> Diagnostic:
    """Brackets that should hold values or conditions hold none.

    Example:
        country in ()
    Cure:
        country in ("DE", "FR")
    """
    return Diagnostic("E309", "empty-list", "there is nothing in these brackets", span, "write at least one value")


def impossible_count(span: Span, message: str, hint: str, fix: Fix | None = None) -> Diagnostic:
    """A number of times, rows or conditions that can never or always be reached.

    Example:
        at least 3 of (age < 30, country = "DE")
    Cure:
        at least 2 of (age < 30, country = "DE")
    """
    return Diagnostic("E310", "impossible-count", message, span, hint, fix=fix)


def wrong_param(span: Span | None, name: str, type_: Type, text: str) -> Diagnostic:
    """The value of a param does not fit its type.

    Example:
        param max_spend decimal = "much"
    Cure:
        param max_spend decimal = 100
    """
    hint = f"give it a value of type {type_}"
    return Diagnostic("E311", "wrong-param", f"`{text}` is no {type_}, as the param `{name}` needs", span, hint)


def wrong_field(span: Span, message: str, hint: str, ours: str = "") -> Diagnostic:
    """A field is declared in a way that cannot be.

    Example:
        country text in "Europe/Berlin"
    Cure:
        country text
    """
    return Diagnostic("E312", "wrong-field", message, span, hint, fix=_fix(span, ours))


def grown_too_large(span: Span) -> Diagnostic:
    """What is named here has grown past every measure.

    Traits use traits many times over, or segments ask again and again about other instants and other members.

    Example:
        trait b = a + a + a + a
    Cure:
        trait b = 4 * a
    """
    hint = "name what it uses fewer times"
    message = "this grows too large once all that it names is written out"
    return Diagnostic("E313", "grown-too-large", message, span, hint)


def rows_needed(span: Span, message: str, hint: str, ours: str = "") -> Diagnostic:
    """Events or related rows are needed here, or one field of them.

    Example:
        sum(purchase) > 100
    Cure:
        sum(purchase.amount) > 100
    """
    return Diagnostic("E314", "rows-needed", message, span, hint, fix=_fix(span, ours))


def unreadable_file(span: Span, path: str) -> Diagnostic:
    """A file whose ending does not tell how to read it.

    Example:
        events stay of customer from "stays.xlsx" by customer_id at arrived_at
    Cure:
        events stay of customer from "stays.csv" by customer_id at arrived_at
    """
    hint = "files end in .csv or .parquet; save it as one of these"
    return Diagnostic("E316", "unreadable-file", f"it is not known how to read `{path}`", span, hint)


def wide_filter(span: Span, entity: str) -> Diagnostic:
    """The `where` on the table of an entity asks for more than a field of its own row.

    It decides who there is, so that events, relations and segments can be asked about them.

    Example:
        entity guest from guests where (did stay) key guest_id
        events stay of guest from stays by guest_id at arrived_at
    Cure:
        entity guest from guests where (status = "active") key guest_id
        events stay of guest from stays by guest_id at arrived_at
    """
    message = f"the `where` of a table reads only its own fields, since it decides which {entity} there is"
    return Diagnostic("E315", "wide-filter", message, span, "ask this in the condition of a segment")


def missing_otherwise(span: Span, name: str, place: Span) -> Diagnostic:
    """Nothing says which tier somebody is in for whom none of the conditions holds.

    Example:
        tiers size
            large when age > 60
    Cure:
        tiers size
            large when age > 60
            small otherwise
    """
    hint = "end the list with a name and `otherwise`, as in `others otherwise`"
    end = Span(place.source, place.end, place.end)
    fix = Fix("write `others otherwise`", (Edit(end, "\n    others otherwise"),))
    return Diagnostic("E317", "missing-otherwise", f"`{name}` leaves somebody without a tier", span, hint, fix=fix)


def unreachable_tier(span: Span, name: str, hint: str) -> Diagnostic:
    """Nobody can be in a tier: its condition never holds, or an earlier tier takes everybody for whom it does.

    Example:
        tiers size
            some when age > 10
            many when age > 60
            none_at_all otherwise
    Cure:
        tiers size
            many when age > 60
            some when age > 10
            none_at_all otherwise
    """
    return Diagnostic("E318", "unreachable-tier", f"nobody can be in the tier `{name}`", span, hint)


def wrong_arms(span: Span, message: str, hint: str) -> Diagnostic:
    """A split whose arms do not make 100%, or that splits by what cannot be split by.

    Example:
        split trial of customer
            seed "trial-1"
            by email
            treatment 50%
            control 40%
    Cure:
        split trial of customer
            seed "trial-1"
            by email
            treatment 50%
            control 40%
            rest 10%
    """
    return Diagnostic("E319", "wrong-arms", message, span, hint)


def wrong_points(span: Span, message: str, hint: str) -> Diagnostic:
    """Points that cannot be given as they are written.

    Example:
        score warmth
            +20 for each purchase up to 5 points
    Cure:
        score warmth
            +20 for each purchase up to 60 points
    """
    return Diagnostic("E321", "wrong-points", message, span, hint)


def members_compared(span: Span, what: str) -> Diagnostic:
    """A place among everyone (`in top …`, `rank`, `quantile`, `average` …) is asked of a row inside a `where`.

    Members are compared with each other, by a value that each of them has once.

    Example:
        did purchase where (amount in top 10%)
    Cure:
        sum(purchase.amount) in top 10%
    """
    message = f"`{what}` compares members and cannot stand inside `where`"
    hint = "compare a value that each member has once, as in `sum(purchase.amount) in top 10%`"
    return Diagnostic("E320", "members-compared", message, span, hint)


def wrong_step(span: Span, message: str, hint: str, ours: str = "") -> Diagnostic:
    """A step of a sequence, or another course of events, that cannot be asked so.

    Example:
        did purchase then not page_view
    Cure:
        did purchase then not page_view within 7 days
    """
    return Diagnostic("E322", "wrong-step", message, span, hint, fix=_fix(span, ours))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{each}`" for each in names[:8]) + (", …" if len(names) > 8 else "")


def _fix(span: Span, ours: str) -> Fix | None:
    """Return the fix that writes `ours` in a place, if there is anything to write."""
    shown = ours if "`" in ours else f"`{ours}`"
    return Fix(f"write {shown}", (Edit(span, ours),)) if ours else None


_CALLED = {"key": "an undeclared key", "duration": "a length of time", "json": "a json value"}


def _a(type_: Type) -> str:
    word = str(type_)
    if word == "text":
        return "a text"
    if word in _CALLED:
        return _CALLED[word]
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
