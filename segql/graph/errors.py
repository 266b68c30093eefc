"""Every message about names that are looked up or given anew. The docstring of each is its page."""

from __future__ import annotations

from collections.abc import Sequence

from segql.diagnostics import Diagnostic
from segql.source import Span


def nothing_named(name: str, near: Sequence[str]) -> Diagnostic:
    """Nothing in the project has this name: no field, table, event, trait, list, param, segment or what else has one.

    Names are written whole (`customer.age`, `value_tier.gold`), by their last part, or with what they are in front
    (`table:orders`).

    Example:
        segql impact custmer.age
    Cure:
        segql impact customer.age
    """
    hint = f"`{near[0]}` is the closest" if near else "`segql graph` shows every name"
    return Diagnostic("E751", "nothing-named", f"nothing is called `{name}`", None, hint)


def several_meant(name: str, known: Sequence[str]) -> Diagnostic:
    """A name stands for several things, and only one can be meant.

    Example:
        segql impact status
    Cure:
        segql impact customer.status
    """
    listed = ", ".join(f"`{each}`" for each in known[:8]) + (", …" if len(known) > 8 else "")
    return Diagnostic("E752", "several-meant", f"`{name}` could be several things", None, f"write one of {listed}")


def name_taken(sort: str, name: str, span: Span | None) -> Diagnostic:
    """The new name is that of something else already.

    Example:
        segql mv vip young            # and there is a segment young
    Cure:
        segql mv vip young_vip
    """
    place = None if span is None else _first_line(span)
    return Diagnostic("E753", "name-taken", f"there is a {sort} `{name}` already", place, "choose another name")


def hard_word(word: str) -> Diagnostic:
    """The new name is a word of the language, and who reads it would take it for that.

    A field may be called as columns often are, such as `first` or `count`, and a tier or an arm `top`; only the few
    words that are never names (`and`, `now`, `everyone` and the like) are refused for them, too.

    Example:
        segql mv vip everyone
    Cure:
        segql mv vip everyone_important
    """
    return Diagnostic("E754", "hard-word", f"`{word}` is a word of the language", None, "choose another name")


def no_name(word: str) -> Diagnostic:
    """The new name holds what no name can: a point, a slash, a backtick, a line end, a space at its ends; or nothing.

    Example:
        segql mv vip team/vip
    Cure:
        segql mv vip team_vip
    """
    hint = "a name is letters, digits and `_`; with spaces or other signs it stands in backticks"
    return Diagnostic("E755", "no-name", f"`{word}` cannot be a name", None, hint)


def not_declared(sort: str, name: str) -> Diagnostic:
    """A table, or a column that only the `where` of a table reads, is not the project's to be given a name.

    Example:
        segql mv table:orders purchases
    Cure:
        segql mv purchase order
    """
    hint = "change it where it is written; only what files declare can be given another name"
    return Diagnostic("E756", "not-declared", f"no file declares the {sort} `{name}`", None, hint)


def name_of_entity(name: str, entity: str) -> Diagnostic:
    """A relation to the members of an entity has that entity's name, and no other.

    Example:
        segql mv team.customer team.person
    Cure:
        segql mv entity:customer person
    """
    hint = f"give the entity another name: `segql mv entity:{entity} …`"
    return Diagnostic("E757", "name-of-entity", f"`{name}` has the name of its entity", None, hint)


def would_differ(old: str, new: str, why: str) -> Diagnostic:
    """With the new name something would be wrong or mean something else, so nothing is written.

    Example:
        segql mv min_age age          # a param, and customers have a field age
    Cure:
        segql mv min_age least_age
    """
    message = f"`{old}` cannot be called `{new}`: {why}"
    return Diagnostic("E758", "would-differ", message, None, "choose another name; nothing was written")


def file_in_the_way(path: str) -> Diagnostic:
    """A file with one bare condition is named by its file, and there is another file of the new name.

    Example:
        segql mv young vip            # young.seg holds one condition, and vip.seg is there
    Cure:
        segql mv young young_vip
    """
    hint = "choose another name, or move that file; nothing was written"
    return Diagnostic("E759", "file-in-the-way", f"there is a file `{path}` already", None, hint)


def no_file_name(word: str, why: str) -> Diagnostic:
    """A file with one bare condition is named by its file, and no file can have the new name everywhere.

    Example:
        segql mv young 'under 30?'    # young.seg holds one condition
    Cure:
        segql mv young 'under 30'
    """
    hint = "choose another name, or declare the segment with `segment NAME where …`"
    return Diagnostic("E760", "no-file-name", f"`{word}` cannot name a file: {why}", None, hint)


def setting_in_the_way(span: Span | None, why: str) -> Diagnostic:
    """With the new name a setting would no longer mean what it means, or would mean more, so nothing is written.

    Names of fields in the settings of rules are changed with the field. Patterns of files are not, nor what comes from
    the environment.

    Example:
        segql mv young draft_young    # young.seg holds one condition, and exclude = ["draft_*"]
    Cure:
        segql mv young younger
    """
    hint = "choose another name, or let the setting mean both the old and the new one first; nothing was written"
    return Diagnostic("E761", "setting-in-the-way", f"a setting stands in the way: {why}", span, hint)


def _first_line(span: Span) -> Span:
    end = span.source.text.find("\n", span.start)
    return span if end < 0 else span.source.span(span.start, min(span.end, end))
