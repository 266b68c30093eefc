"""The settings as a published JSON Schema, and what is wrong with settings that do not fit it.

Loaded only when it is asked for: the validator takes longer to load than a whole check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from segql.diagnostics import Diagnostic, nearest
from segql.workspace import errors
from segql.workspace.config import MEMORY, Config, Connection, Fmt, Lint, Weekday, known_settings
from segql.workspace.toml import TomlText

_TITLE = "The settings of a SegQL project: segql.toml, or [tool.segql] of pyproject.toml"

# What a setting must be, in words, by its name.
_NEEDED = {
    "timezone": "the name of a zone in quotes, like `Europe/Berlin`",
    "as_of": "a date or timestamp, like `2025-12-01`",
    "week_starts": "a day of the week, like `monday`",
    "include": 'a list of patterns, like `["**/*.seg"]`',
    "exclude": 'a list of patterns, like `["drafts/**"]`',
    "connections": "a table, like `[connections.default]`",
    "url": "text like `duckdb:///shop.duckdb`",
    "password_env": "the name of an environment variable in quotes",
    "folders": 'a list of folders, like `["/data/exports"]`',
    "timeout": "a whole number of seconds, 1 or more, like `600`",
    "memory_limit": MEMORY,
    "threads": "a whole number, 1 or more, like `2`",
    "fmt": "a table, like `[fmt]`",
    "width": "a whole number of columns, 1 or more, like `100`",
    "lint": "a table, like `[lint]`",
    "select": 'a list of rules, like `["default", "missing-owner"]`',
    "ignore": 'a list of rules, like `["L6"]`',
    "severity": "a table of rules and `error` or `warning`, like `[lint.severity]`",
    "exempt": 'a table of lists of rules, like `[lint.exempt]` and `"drafts/**" = ["L5"]`',
    "rules": "a table for each rule, like `[lint.rules.huge-list]`",
    "baseline": "the name of a file in quotes, like `lint-baseline.json`",
}


def config_schema() -> dict[str, Any]:
    """Return the JSON Schema of `segql.toml`, draft 2020-12, for editors that complete and check.

    Example:
        >>> sorted(config_schema()["properties"])[:3]
        ['as_of', 'connections', 'exclude']
    """
    schema = TypeAdapter(Config).json_schema()
    parts = schema["$defs"]
    tables = (Connection, Fmt, Lint)
    for part, described in ((schema, Config), *((parts[each.__name__], each) for each in tables)):
        for each in fields(described):
            part["properties"][each.name]["description"] = each.metadata["description"]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return head | schema | {"title": _TITLE}


def validated(table: Mapping[str, object], text: TomlText) -> tuple[Config, list[Diagnostic]]:
    """Return the settings in `table`, and everything that is wrong with them."""
    try:
        return TypeAdapter(Config).validate_python(dict(table)), []
    except ValidationError as error:
        return Config(), [_told(each, text) for each in error.errors(include_url=False)]


def _told(found: Mapping[str, Any], text: TomlText) -> Diagnostic:
    path = tuple(each for each in found["loc"] if isinstance(each, str))
    if found["type"] == "unexpected_keyword_argument":
        known = known_settings(path[:-1])
        near = nearest(path[-1], known)
        return errors.unknown_setting(text.key(path), path[-1], near, known)
    # Of a table with any names in it, such as the connections, each entry needs a `url`.
    needed = _NEEDED.get(path[-1], "a table with a `url`")
    if found["type"] in {"missing", "missing_argument"}:
        return errors.wrong_setting(text.key(path), ".".join(path), None, needed)
    value = text.value(path)
    near = nearest(str(found["input"]), list(Weekday)) if path[-1] == "week_starts" else []
    return errors.wrong_setting(value, ".".join(path), f"`{value.text}`", needed, near)
