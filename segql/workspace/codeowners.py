"""A CODEOWNERS file: whose a path is. As GitHub reads it, and with the sections of GitLab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

from segql.source import Source, Span

_SECTION = re.compile(r"\^?\[[^\]]+\](?:\[\d+\])?(?P<owners>.*)")
# A space in a path is written with a backslash.
_WORD = re.compile(r"(?:\\.|[^\s\\])+")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line that says whose the files of a pattern are; without owners they are nobody's.

    Of each section the last rule counts; GitHub has one.
    """

    pattern: str
    owners: tuple[str, ...]
    section: int
    span: Span

    def covers(self, path: str) -> bool:
        """Say whether the file at `path`, from the root of the repository, is meant."""
        if not GitIgnoreSpec.from_lines([self.pattern]).match_file(path):
            return False
        # Unlike in .gitignore, `docs/*` is the files of a folder and not what lies deeper.
        is_of_folder = self.pattern.endswith("/*")
        return not (is_of_folder and GitIgnoreSpec.from_lines([f"{self.pattern}/**"]).match_file(path))


@dataclass(frozen=True, slots=True)
class Codeowners:
    """The rules of a file, in its order."""

    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, source: Source) -> Codeowners:
        r"""Read the text of a CODEOWNERS file.

        Example:
            >>> found = Codeowners.of(Source.of("CODEOWNERS", "* @ada\n/segments/ @crm  # all of it\n"))
            >>> [rule.owners for rule in found.deciding("segments/vip.seg")]
            [('@crm',)]
        """
        return cls(tuple(_rules(source)))

    def owners(self) -> list[str]:
        """Return everybody who is named, each once, in the order of the file."""
        return list(dict.fromkeys(owner for rule in self.rules for owner in rule.owners))

    def deciding(self, path: str) -> list[Rule]:
        """Return the rules that say whose a file is: the last one of each section that covers it."""
        last = {rule.section: rule for rule in self.rules if rule.covers(path)}
        return list(last.values())


def _rules(source: Source) -> Iterator[Rule]:
    section, by_default = 0, tuple[str, ...]()
    offset = 0
    for line in source.text.split("\n"):
        start, text = offset, line.strip()
        offset += len(line) + 1
        if not text or text.startswith("#"):
            continue
        if found := _SECTION.fullmatch(text):
            section, by_default = section + 1, tuple(_words(found["owners"]))
            continue
        begin = start + line.index(text)
        pattern, *owners = _words(text)
        span = source.span(begin, begin + len(text))
        if pattern.startswith("!"):
            # GitLab's exception from the rules of the section.
            yield Rule(pattern[1:], (), section, span)
        else:
            yield Rule(pattern, tuple(owners) or by_default, section, span)


def _words(text: str) -> Iterator[str]:
    """Yield the words up to a comment."""
    for word in _WORD.findall(text):
        if word.startswith("#"):
            return
        yield word
