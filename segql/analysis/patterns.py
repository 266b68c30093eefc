"""Regular expressions that every engine reads in the same way, and `like` patterns."""

from __future__ import annotations

import re

from segql.plan import simple_lower

# An escape: a class of ASCII letters, a sign that has a meaning of its own, or a control character.
_ESCAPE = re.compile(r"\\(?:[dDwWsS]|[\\.^$*+?()\[\]{}|/\-\"'#&~ ]|[tnrf])")
_BRACKET_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_REPEAT = re.compile(r"\{\d{1,3}(?:,\d{0,3})?\}")
_LENGTH_MAX = 1_000
_REPEAT_MAX = 255


def pattern_problem(pattern: str) -> tuple[str, str] | None:
    r"""Return what is wrong with a regular expression and its cure, or None where nothing is.

    Allowed are letters, `.`, `^`, `$`, `|`, classes, groups, `* + ?` and `{m,n}`, lazy or not, and the escapes
    `\d \w \s` and their complements, which stand for ASCII.

    Example:
        >>> pattern_problem("^/pricing") is None
        True
        >>> pattern_problem("(?=a)")[0]
        'the pattern holds `(?=`, which not every engine knows'
    """
    if len(pattern) > _LENGTH_MAX:
        return f"the pattern is longer than {_LENGTH_MAX} characters", "write a shorter one"
    problem = _foreign_part(pattern)
    if problem is not None:
        return (
            f"the pattern holds `{problem}`, which not every engine knows",
            "use the plain forms: `\\d \\w \\s [ ] ( ) | * + ?`",
        )
    try:
        re.compile(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        return _said(error), "`\\` before a sign takes its meaning away, as in `\\(`"
    return None


def lowered_pattern(pattern: str) -> str:
    r"""Return a pattern that finds in lowered texts what `pattern` finds whatever the case.

    Example:
        >>> lowered_pattern(r"^VP\W[A-C]")
        '^vp\\W[a-c]'
    """
    return "".join(each if len(each) > 1 else simple_lower(each) for each in re.findall(r"\\.|.", pattern, re.DOTALL))


# What Python says of a pattern, and what a reader is told.
_SAID = {
    "missing )": "a `(` in the pattern is not closed",
    "unbalanced": "a `)` in the pattern was never opened",
    "nothing to repeat": "nothing stands before a `*`, `+`, `?` or `{…}` in the pattern",
    "multiple repeat": "two of `*`, `+`, `?` and `{…}` stand side by side in the pattern",
    "unterminated character set": "a `[` in the pattern is not closed",
    "bad character range": "a range in the pattern runs backwards",
    "min repeat": "the smaller number comes first in `{…}`",
    "bad escape": "a `\\` ends the pattern",
}


def _said(error: Exception) -> str:
    return next((said for start, said in _SAID.items() if str(error).startswith(start)), "the pattern is not valid")


def _foreign_part(pattern: str) -> str | None:
    at = 0
    while at < len(pattern):
        rest = pattern[at:]
        if rest[0] == "\\":
            found = _ESCAPE.match(rest)
            if found is None:
                return rest[:2]
            at += found.end()
        elif rest[0] == "[":
            found = _BRACKET_CLASS.match(rest)
            if found is None:
                return None
            inner = _foreign_class(found[0])
            if inner is not None:
                return inner
            at += found.end()
        elif rest.startswith("(?") and not rest.startswith("(?:"):
            return rest[:3]
        elif rest[0] == "{":
            found = _REPEAT.match(rest)
            if found is None or any(int(each) > _REPEAT_MAX for each in re.findall(r"\d+", found[0])):
                return "{" if found is None else found[0]
            at += found.end()
        elif rest[:2] in {"*+", "++", "?+"}:
            return rest[:2]
        else:
            at += 1
    return None


def _foreign_class(text: str) -> str | None:
    """Return the part of a class in square brackets that engines read differently, if any."""
    for found in re.finditer(r"\\.", text):
        if _ESCAPE.fullmatch(found[0]) is None:
            return found[0]
    return next((sign for sign in ("[:", "&&", "--", "||", "~~") if sign in text[1:]), None)


def like_problem(pattern: str) -> str | None:
    """Return the pattern as it was probably meant where it is written as in SQL, else None.

    Example:
        >>> like_problem("%shoe%")
        '*shoe*'
    """
    if "*" in pattern or "?" in pattern or not pattern:
        return None
    if pattern[0] == "%" or pattern[-1] == "%":
        return pattern.replace("%", "*").replace("_", "?")
    return None
