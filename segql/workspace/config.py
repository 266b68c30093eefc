"""The settings of a project, from `segql.toml` or from `[tool.segql]` of `pyproject.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Annotated, Any, ClassVar


class _Positive:
    """Says to the validator that a number is more than 0, in words that are loaded only with it."""

    __is_annotated_types_grouped_metadata__ = True

    def __iter__(self) -> Iterator[object]:
        from annotated_types import Gt  # noqa: PLC0415 (takes longer to load than small settings to read)

        yield Gt(0)


class Weekday(StrEnum):
    """The days of the week, in the order of their numbers, Monday being 1."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return list(Weekday).index(self) + 1


# Read by the validator, which takes a plain dataclass as it is: one declaration, and nothing to
# import for a project without settings.
_STRICT: dict[str, str] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the data is. Values are as they were written, `${NAME}` and all, and never printed."""

    url: str = field(
        repr=False,
        metadata={"description": "the engine and its data, like `duckdb:///shop.duckdb`"},
    )
    password_env: str | None = field(
        default=None, metadata={"description": "the environment variable that holds the password"}
    )
    folders: tuple[str, ...] = field(
        default=(), metadata={"description": "folders outside of the project that may be read"}
    )
    timeout: Annotated[int, _Positive()] | None = field(
        default=None, metadata={"description": "the seconds that a statement may take"}
    )
    memory_limit: str | None = field(
        default=None, metadata={"description": "the memory that DuckDB may use, like `1GB`; the rest goes to disk"}
    )
    threads: Annotated[int, _Positive()] | None = field(
        default=None, metadata={"description": "the threads that DuckDB may use"}
    )

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT


@dataclass(frozen=True, slots=True)
class Fmt:
    """How `segql fmt` lays out files; there is one style, and only its width to choose."""

    width: Annotated[int, _Positive()] = field(
        default=100, metadata={"description": "the columns that a line may fill, comments aside"}
    )

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT


@dataclass(frozen=True, slots=True)
class Lint:
    """Which rules the linter asks, and how; what names a rule is told by `segql/lint/selection.py`."""

    select: tuple[str, ...] = field(
        default=("default",), metadata={"description": "the rules to ask: codes, names, groups, `default`, `all`"}
    )
    ignore: tuple[str, ...] = field(default=(), metadata={"description": "rules to leave out of these"})
    severity: Mapping[str, str] = field(
        default_factory=dict, metadata={"description": "`error` or `warning` by rule; an error fails a check"}
    )
    exempt: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata={"description": "rules to leave out, by pattern of files, `tag:NAME` or `owner:NAME`"},
    )
    rules: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict, metadata={"description": "the settings of rules, a table each"}
    )
    baseline: str | None = field(default=None, metadata={"description": "the file of findings that are known already"})

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a project; all of them can be left out.

    Example:
        >>> Config().timezone
        'UTC'
    """

    timezone: str = field(default="UTC", metadata={"description": "where days begin, like `Europe/Berlin`"})
    as_of: str | None = field(
        default=None,
        metadata={"description": "the instant to ask for; absent: the moment of the run"},
    )
    week_starts: Weekday = field(default=Weekday.MONDAY, metadata={"description": "the first day of the week"})
    include: tuple[str, ...] = field(default=("**/*.seg",), metadata={"description": "patterns of the files to read"})
    exclude: tuple[str, ...] = field(default=(), metadata={"description": "patterns of files and folders to leave out"})
    connections: Mapping[str, Connection] = field(
        default_factory=dict,
        metadata={"description": "where the data is; the one called `default` is used"},
    )
    fmt: Fmt = field(default=Fmt(), metadata={"description": "the formatter"})
    lint: Lint = field(default_factory=Lint, metadata={"description": "the linter"})

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT


def plain(table: Mapping[str, object]) -> Config | None:
    """Return the settings of a table in which nothing is unusual, else None.

    The validator that says what is wrong takes longer to load than a whole check; most files never
    need it.

    Example:
        >>> plain({"timezone": "Europe/Berlin"}).timezone
        'Europe/Berlin'
        >>> plain({"time_zone": "Europe/Berlin"}) is None
        True
    """
    made: dict[str, Any] = {}
    for name, value in table.items():
        match name, value:
            case "timezone" | "as_of", str():
                made[name] = value
            case "week_starts", str() if value in set(Weekday):
                made[name] = Weekday(value)
            case "include" | "exclude", list() if _are_texts(value):
                made[name] = tuple(value)
            case "fmt", {"width": int() as width, **rest} if not rest and not isinstance(width, bool) and width > 0:
                made[name] = Fmt(width)
            case "lint", dict():
                lint = _plain_lint(value)
                if lint is None:
                    return None
                made[name] = lint
            case "connections", dict():
                found = {key: _plain_connection(each) for key, each in value.items()}
                if None in found.values():
                    return None
                made[name] = found
            case _:
                return None
    return Config(**made)


def _plain_lint(table: Mapping[str, object]) -> Lint | None:
    made: dict[str, Any] = {}
    for name, value in table.items():
        match name, value:
            case "select" | "ignore", list() if _are_texts(value):
                made[name] = tuple(value)
            case "severity", dict() if _are_texts(list(value.values())):
                made[name] = value
            case "exempt", dict() if all(isinstance(each, list) and _are_texts(each) for each in value.values()):
                made[name] = {key: tuple(each) for key, each in value.items()}
            case "rules", dict() if all(isinstance(each, dict) for each in value.values()):
                made[name] = value
            case "baseline", str():
                made[name] = value
            case _:
                return None
    return Lint(**made)


def _plain_connection(value: object) -> Connection | None:
    made: dict[str, Any] = {}
    for name, each in value.items() if isinstance(value, dict) else ():
        match name, each:
            case "url" | "password_env" | "memory_limit", str():
                made[name] = each
            case "folders", list() if _are_texts(each):
                made[name] = tuple(each)
            case "timeout" | "threads", int() if not isinstance(each, bool) and each > 0:
                made[name] = each
            case _:
                return None
    return Connection(**made) if "url" in made else None


def _are_texts(values: list[object]) -> bool:
    return all(isinstance(each, str) for each in values)


def known_settings(path: tuple[str, ...]) -> list[str]:
    """Return the names of the settings that may stand in the table at `path`.

    Example:
        >>> known_settings(("connections", "default"))
        ['url', 'password_env', 'folders', 'timeout', 'memory_limit', 'threads']
    """
    tables = {(): Config, ("fmt",): Fmt, ("lint",): Lint}
    described = tables.get(path, Connection if path[:1] == ("connections",) else None)
    return [] if described is None else [each.name for each in fields(described)]


# What a limit of memory must be, in words.
MEMORY = "an amount of memory in quotes, like `1GB` or `512MiB`"

_MEMORY = re.compile(r"(?=.*[1-9])\d{1,6}(\.\d{1,6})? ?[KMGT]i?B", re.IGNORECASE)


def is_memory(text: str) -> bool:
    """Say whether a text is an amount of memory: a number, and a unit of a thousand or of 1,024.

    Example:
        >>> [is_memory(each) for each in ("1GB", "512 MiB", "1.5gb", "1", "0GB", "80%")]
        [True, True, True, False, False, False]
    """
    return _MEMORY.fullmatch(text) is not None


_VARIABLE = re.compile(r"(\$?)\$\{(\w+)\}")


def variables(text: str) -> list[str]:
    """Return the names of the environment variables that `text` asks for.

    Example:
        >>> variables("duckdb:///${SHOP}.duckdb")
        ['SHOP']
    """
    return [name for escaped, name in _VARIABLE.findall(text) if not escaped]


def expanded(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each `${NAME}` replaced by its value; `$${NAME}` stands for itself.

    Example:
        >>> expanded("${HOME}/x $${HOME}", {"HOME": "/root"})
        '/root/x ${HOME}'
    """
    return _VARIABLE.sub(
        lambda found: found[0][1:] if found[1] else values[found[2]],
        text,
    )
