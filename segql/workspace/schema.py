"""The settings as a published JSON Schema, and what is wrong with settings that do not fit it.

Loaded only when it is asked for: the validator takes longer to load than a whole check.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from segql.diagnostics import Diagnostic, nearest
from segql.workspace import errors
from segql.workspace.config import Config, Weekday, known_settings, setting_at
from segql.workspace.layers import Layers

_TITLE = "The settings of a SegQL project: segql.toml, or [tool.segql] of pyproject.toml"


def config_schema() -> dict[str, Any]:
    """Return the JSON Schema of `segql.toml`, draft 2020-12, for editors that complete and check.

    Example:
        >>> sorted(config_schema()["properties"])[:3]
        ['as_of', 'connections', 'exclude']
    """
    schema = TypeAdapter(Config).json_schema()
    _describe(schema, Config, schema["$defs"])
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return head | schema | {"title": _TITLE}


def schema_text() -> str:
    """Return the schema as it is published: `segql/workspace/segql.schema.json`.

    Example:
        >>> schema_text().startswith("{")
        True
    """
    return json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n"


def _describe(part: dict[str, Any], described: Any, parts: Mapping[str, Any]) -> None:
    """Put what each setting is into its part of the schema, and into those of the tables in it."""
    for each in fields(described):
        part["properties"][each.name]["description"] = each.metadata["description"]
        inner = each.metadata.get("table", each.metadata.get("tables"))
        if inner is not None:
            _describe(parts[inner.__name__], inner, parts)


def validated(table: Mapping[str, object], text: Layers) -> tuple[Config, list[Diagnostic]]:
    """Return the settings in `table`, and everything that is wrong with them."""
    try:
        return TypeAdapter(Config).validate_python(dict(table)), []
    except ValidationError as error:
        return Config(), [_told(each, text) for each in error.errors(include_url=False)]


def _around(path: tuple[str, ...]) -> Field[Any] | None:
    """Return the setting at `path`, else the nearest table around it that is one."""
    ways = (path[:end] for end in range(len(path), 0, -1))
    return next((setting for each in ways if (setting := setting_at(each)) is not None), None)


def _told(found: Mapping[str, Any], text: Layers) -> Diagnostic:
    path = tuple(each for each in found["loc"] if isinstance(each, str))
    if found["type"] == "unexpected_keyword_argument":
        known = known_settings(path[:-1])
        near = nearest(path[-1], known)
        return errors.unknown_setting(text.key(path), path[-1], near, known)
    # Of the connections, each entry needs a `url`; in other tables any names may stand.
    setting = setting_at(path) if path[0] == "connections" else _around(path)
    needed = setting.metadata["needed"] if setting else "a table with a `url`"
    if found["type"] in {"missing", "missing_argument"}:
        return errors.wrong_setting(text.key(path), ".".join(path), None, needed)
    # An entry of a list has a number of its own.
    last = found["loc"][-1]
    value = text.item(path, last) if isinstance(last, int) else text.value(path)
    near = nearest(str(found["input"]), list(Weekday)) if path[-1] == "week_starts" else []
    return errors.wrong_setting(value, ".".join(path), f"`{value.text}`", needed, near)
