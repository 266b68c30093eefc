"""The page of each rule, read from the docstring of its file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from segql.lint.rule import Group, Rule

_PART = re.compile(
    r"^(?P<name>Bad|Good|Fix|Settings)(?: \(with (?P<options>[^)]*)\))?:\n(?P<text>(?:(?: {4}.*)?\n)+)", re.MULTILINE
)


_HEAD = """\
# The rules of the linter

What each rule finds, why, an example that it points at and one that it leaves alone. [lint.md](lint.md) tells how to
choose, silence and fix. This page is made from the files of the rules; `segql explain NAME` prints the same of one."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a rule says about itself: a line, why, an example that it points at and one that it leaves alone.

    `options` are the settings with which the examples are judged, as they are written in `segql.toml`.
    """

    rule: Rule
    summary: str
    why: str
    bad: str
    good: str
    fix: str
    settings: str
    options: str

    def __str__(self) -> str:
        """Lay it out for reading in a terminal."""
        state = "on" if self.rule.is_on else "off"
        head = f"{self.rule.code} {self.rule.name} ({self.rule.group}, {state} unless the settings say otherwise)"
        told = f" (with {self.options})" if self.options else ""
        parts = [head, self.summary, self.why]
        parts += [f"Bad{told}:\n{_indented(self.bad)}", f"Good{told}:\n{_indented(self.good)}"]
        parts += [f"Fix:\n{_indented(self.fix)}"]
        parts += [f"Settings:\n{_indented(self.settings)}"] if self.settings else []
        return "\n\n".join(each for each in parts if each) + "\n"


def page(rule: Rule) -> Page:
    """Return the page of a rule.

    Example:
        >>> from segql.lint import RULES
        >>> page(RULES[0]).bad.splitlines()[0]
        'segment young'
    """
    text = rule.documentation + "\n"
    found = {each["name"]: each for each in _PART.finditer(text)}
    told = text[: found["Bad"].start()].strip()
    summary, _, why = told.partition("\n\n")

    def part(name: str) -> str:
        return "\n".join(line[4:] for line in found[name]["text"].rstrip().split("\n")) if name in found else ""

    options = found["Bad"]["options"] or ""
    return Page(rule, summary, why, part("Bad"), part("Good"), part("Fix"), part("Settings"), options)


def group(meant: Group, rules: Sequence[Rule]) -> str:
    """Return what the rules of a group are about, a line each.

    Example:
        >>> from segql.lint import RULES
        >>> group(Group.SUPPRESSIONS, RULES).splitlines()[0]
        'suppressions: the rules L7 of the linter'
    """
    members = [each for each in rules if each.group is meant]
    lines = [f"{meant}: the rules {members[0].code[:2]} of the linter", ""]
    for each in members:
        lines += [f"    {each.code}  {each.name} ({'on' if each.is_on else 'off'})", f"          {page(each).summary}"]
    return "\n".join(lines) + "\n"


def markdown(rules: Sequence[Rule]) -> str:
    """Return a page of all rules, by group, as `docs/rules.md` holds it."""
    parts = [_HEAD]
    for group, members in groupby(rules, key=lambda each: each.group):
        parts.append(f"## {group.replace('-', ' ').capitalize()}")
        parts += [_section(page(each)) for each in members]
    return "\n\n".join(parts) + "\n"


def _section(told: Page) -> str:
    state = "on" if told.rule.is_on else "off"
    head = f"### {told.rule.code} {told.rule.name}\n\n*{state} by default*"
    options = f" with `{told.options}`" if told.options else ""
    parts = [head, told.summary, told.why, f"Bad{options}:", f"```text\n{told.bad}\n```", "Good:"]
    parts += [f"```text\n{told.good}\n```", f"**Fix.** {told.fix}"]
    parts += [f"**Settings.**\n\n{_listed(told.settings)}"] if told.settings else []
    return "\n\n".join(parts)


def _listed(settings: str) -> str:
    return "\n".join(f"- {line}" if re.match(r"\w+: ", line) else f"  {line}" for line in settings.split("\n"))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
