"""What a dialect cannot express. The docstring of each is its page."""

from __future__ import annotations

from segql.diagnostics import Diagnostic
from segql.source import Span


class Unsupported(Exception):  # noqa: N818
    """Raised inside `sql` where a dialect has no form for a construct; `generate` turns it into a diagnostic."""

    def __init__(self, what: str, span: Span | None) -> None:
        self.what, self.span = what, span
        super().__init__(what)


def unsupported(what: str, dialect: str, able: list[str], span: Span | None) -> Diagnostic:
    """A dialect has no form for something that the segment needs.

    The hint names the dialects that have one.

    Example:
        segql compile vip --dialect tsql        # and `vip` asks whether a text matches a pattern
    Cure:
        segql compile vip --dialect duckdb
    """
    others = ", ".join(f"`{each}`" for each in able)
    hint = f"{others} can; or leave this out" if able else "no dialect can; leave this out"
    return Diagnostic("E401", "unsupported", f"{dialect} cannot express {what}", span, hint)


def unknown_dialect(name: str, near: list[str], known: list[str]) -> Diagnostic:
    """A dialect that no file of this version prints.

    Example:
        segql compile vip --dialect duckbd
    Cure:
        segql compile vip --dialect duckdb
    """
    hint = f"`{near[0]}` is the closest" if near else "known are " + ", ".join(known)
    return Diagnostic("E402", "unknown-dialect", f"unknown dialect `{name}`", None, hint)


def key_without_number(name: str, key: str, span: Span) -> Diagnostic:
    """A static list holds a key that is no number, and the keys of its entity are numbers.

    No member can have such a key, so the list is not what somebody meant it to be.

    Example:
        # vip.csv: a column `customer_id` with `12`, `C-13`
        list vip of customer from "vip.csv" key customer_id
    Cure:
        # vip.csv: `12`, `13`
    """
    hint = "mend the file, or name another column after `key`"
    return Diagnostic(
        "E403", "key-without-number", f"the list `{name}` holds `{key}`, and its keys are numbers", span, hint
    )
