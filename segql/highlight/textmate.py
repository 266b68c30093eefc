"""The table as a TextMate grammar, for editors: `python -m segql.highlight.textmate > editors/segql.tmLanguage.json`.

With `--plist` it is written as a property list, which Sublime Text and TextMate read.
"""

from __future__ import annotations

import json
import plistlib
import sys
from typing import Any, TypeAlias

from segql.highlight.kinds import Kind
from segql.highlight.tokens import TABLE, Entry, Region, Rule

LANGUAGE = "segql"
# An editor that keeps grammars apart knows this one by it, and by nothing else.
_UUID = "5f1e0a52-7d0b-4c7e-9a51-3c1d6f1b7a90"

_Rules: TypeAlias = list[dict[str, Any]]


def grammar() -> dict[str, Any]:
    """Return the grammar, as its file holds it.

    Example:
        >>> grammar()["scopeName"]
        'source.segql'
    """
    repository: dict[str, Any] = {}
    patterns = _rules(TABLE, repository)
    return {
        "name": "SegQL",
        "scopeName": f"source.{LANGUAGE}",
        "fileTypes": ["seg"],
        "uuid": _UUID,
        "comment": "Made by `python -m segql.highlight.textmate`: change segql/highlight/tokens.py, not this file.",
        "patterns": patterns,
        "repository": dict(sorted(repository.items())),
    }


def as_json() -> str:
    """Return the grammar as JSON, for VS Code."""
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"


def as_plist() -> str:
    """Return the grammar as a property list, for Sublime Text and TextMate."""
    return plistlib.dumps(grammar(), sort_keys=False).decode()


def _rules(table: tuple[Entry, ...], repository: dict[str, Any]) -> _Rules:
    return [each for entry in table if (each := _rule(entry, repository))]


def _rule(entry: Entry, repository: dict[str, Any]) -> dict[str, Any] | None:
    """Return the rule of an entry; a region stands in the repository once, by its name. Blanks need none."""
    if isinstance(entry, Region):
        if entry.name not in repository:
            repository[entry.name] = _region(entry, repository)
        return {"include": f"#{entry.name}"}
    if len(entry.kinds) > 1:
        return {"match": entry.pattern, "captures": _captures(entry)}
    (kind,) = entry.kinds
    return {"match": entry.pattern, "name": _scope(kind)} if kind else None


def _region(region: Region, repository: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"name": _scope(region.kind)} if region.kind else {}
    made |= {"begin": region.begin.pattern, "beginCaptures": _captures(region.begin)}
    made |= {"end": region.end.pattern, "endCaptures": _captures(region.end)}
    return made | {"patterns": _rules(region.inside, repository)}


def _captures(rule: Rule) -> dict[str, Any]:
    """Return the scopes of the groups of a rule; of one that has none, of all of it."""
    first = 1 if len(rule.kinds) > 1 else 0
    return {str(at): {"name": _scope(kind)} for at, kind in enumerate(rule.kinds, start=first) if kind}


def _scope(kind: Kind) -> str:
    return f"{kind.scope}.{LANGUAGE}"


if __name__ == "__main__":
    sys.stdout.write(as_plist() if "--plist" in sys.argv[1:] else as_json())
