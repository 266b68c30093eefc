"""The settings of a project, from `segql.toml` or from `[tool.segql]` of `pyproject.toml`.

A setting is one field: its type for the validator, and beside it what it is, what it must be in words, and how it is
read where nothing is unusual. A new table is a dataclass of such fields and one field of `Config` that holds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import Enum, StrEnum
from typing import Annotated, Any, ClassVar, TypeAlias


class _Positive:
    """Says to the validator that something is a number, and more than 0, in words that are loaded only with it."""

    __is_annotated_types_grouped_metadata__ = True

    def __iter__(self) -> Iterator[object]:
        from annotated_types import Gt  # noqa: PLC0415 (takes longer to load than small settings to read)
        from pydantic import Strict  # noqa: PLC0415 (see above)

        # `true` and texts would be taken for numbers.
        yield Strict()
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


class Unusual(Enum):
    """What a reader gives for a value that only the validator can judge."""

    UNUSUAL = "unusual"


UNUSUAL = Unusual.UNUSUAL
Reader: TypeAlias = Callable[[object], Any]


def _text(value: object) -> str | Unusual:
    return value if isinstance(value, str) else UNUSUAL


def _texts(value: object) -> tuple[str, ...] | Unusual:
    is_plain = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return tuple(value) if is_plain and isinstance(value, list) else UNUSUAL


def _count(value: object) -> int | Unusual:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else UNUSUAL


def _weekday(value: object) -> Weekday | Unusual:
    return Weekday(value) if isinstance(value, str) and value in set(Weekday) else UNUSUAL


def _any(value: object) -> dict[str, Any] | Unusual:
    return value if isinstance(value, dict) else UNUSUAL


def _each(read: Reader) -> Reader:
    """Return the reader of a table whose names are the user's, by that of its values."""

    def read_all(value: object) -> dict[str, Any] | Unusual:
        found = {name: read(each) for name, each in value.items()} if isinstance(value, dict) else {"": UNUSUAL}
        return UNUSUAL if any(each is UNUSUAL for each in found.values()) else found

    return read_all


def _told(what: str, needed: str, read: Reader) -> dict[str, Any]:
    """Return what belongs to a setting: what it is, what it must be, and its reader."""
    return {"description": what, "needed": needed, "read": read}


def _table(what: str, needed: str, described: type) -> dict[str, Any]:
    """Return the same for a table of settings."""
    return _told(what, needed, lambda value: _read(described, value)) | {"table": described}


def _tables(what: str, needed: str, described: type) -> dict[str, Any]:
    """Return the same for a table of tables, each under a name of its own."""

    def read(value: object) -> dict[str, Any] | Unusual:
        if not isinstance(value, dict):
            return UNUSUAL
        found = {name: _read(described, each) for name, each in value.items()}
        return UNUSUAL if UNUSUAL in found.values() else found

    return _told(what, needed, read) | {"tables": described}


def _read(described: Any, value: object) -> Any:
    """Return the settings of a table, or `UNUSUAL` where it holds anything that is not plain."""
    if not isinstance(value, dict):
        return UNUSUAL
    known = {each.name: each for each in fields(described)}
    made = {name: known[name].metadata["read"](each) if name in known else UNUSUAL for name, each in value.items()}
    if UNUSUAL in made.values() or any(is_needed(each) and name not in made for name, each in known.items()):
        return UNUSUAL
    return described(**made)


def is_needed(setting: Field[Any]) -> bool:
    """Say whether a setting of a table cannot be left out."""
    return setting.default is MISSING and setting.default_factory is MISSING


# What a limit of memory must be, in words.
MEMORY = "an amount of memory in quotes, like `1GB` or `512MiB`"

_COUNT = "a whole number, 1 or more, like `2`"


# Read by the validator, which takes a plain dataclass as it is: one declaration, and nothing to
# import for a project without settings.
_STRICT: dict[str, str] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the data is. Values are as they were written, `${NAME}` and all, and never printed."""

    url: str = field(
        repr=False,
        metadata=_told(
            "the engine and its data, like `duckdb:///shop.duckdb`", "text like `duckdb:///shop.duckdb`", _text
        ),
    )
    password_env: str | None = field(
        default=None,
        metadata=_told(
            "the environment variable that holds the password", "the name of an environment variable in quotes", _text
        ),
    )
    folders: tuple[str, ...] = field(
        default=(),
        metadata=_told(
            "folders outside of the project that may be read", 'a list of folders, like `["/data/exports"]`', _texts
        ),
    )
    timeout: Annotated[int, _Positive()] | None = field(
        default=None,
        metadata=_told(
            "the seconds that a statement may take", "a whole number of seconds, 1 or more, like `600`", _count
        ),
    )
    memory_limit: str | None = field(
        default=None,
        metadata=_told("the memory that DuckDB may use, like `1GB`; the rest goes to disk", MEMORY, _text),
    )
    threads: Annotated[int, _Positive()] | None = field(
        default=None, metadata=_told("the threads that DuckDB may use", _COUNT, _count)
    )

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT


@dataclass(frozen=True, slots=True)
class Fmt:
    """How `segql fmt` lays out files; there is one style, and only its width to choose."""

    width: Annotated[int, _Positive()] = field(
        default=100,
        metadata=_told(
            "the columns that a line may fill, comments aside",
            "a whole number of columns, 1 or more, like `100`",
            _count,
        ),
    )

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT


@dataclass(frozen=True, slots=True)
class Owners:
    """Who may stand behind `owner`; where nothing is said, everybody may."""

    file: str | None = field(
        default=None,
        metadata=_told(
            "the CODEOWNERS file, from the root of the git repository", "a path like `.github/CODEOWNERS`", _text
        ),
    )
    allowed: tuple[str, ...] = field(
        default=(),
        metadata=_told(
            "owners besides those of the file; `*` stands for any letters",
            'a list of owners, like `["growth@shop.example"]`',
            _texts,
        ),
    )

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT


@dataclass(frozen=True, slots=True)
class Lint:
    """Which rules the linter asks, and how; what names a rule is told by `segql/lint/selection.py`."""

    select: tuple[str, ...] = field(
        default=("default",),
        metadata=_told(
            "the rules to ask: codes, names, groups, `default`, `all`",
            'a list of rules, like `["default", "missing-owner"]`',
            _texts,
        ),
    )
    ignore: tuple[str, ...] = field(
        default=(), metadata=_told("rules to leave out of these", 'a list of rules, like `["L6"]`', _texts)
    )
    severity: Mapping[str, str] = field(
        default_factory=dict,
        metadata=_told(
            "`error` or `warning` by rule; an error fails a check",
            "a table of rules and `error` or `warning`, like `[lint.severity]`",
            _each(_text),
        ),
    )
    exempt: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata=_told(
            "rules to leave out, by pattern of files, `tag:NAME` or `owner:NAME`",
            'a table of lists of rules, like `[lint.exempt]` and `"drafts/**" = ["L5"]`',
            _each(_texts),
        ),
    )
    rules: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict,
        metadata=_told(
            "the settings of rules, a table each", "a table for each rule, like `[lint.rules.huge-list]`", _each(_any)
        ),
    )
    baseline: str | None = field(
        default=None,
        metadata=_told(
            "the file of findings that are known already",
            "the name of a file in quotes, like `lint-baseline.json`",
            _text,
        ),
    )

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a project; all of them can be left out.

    Example:
        >>> Config().timezone
        'UTC'
    """

    timezone: str = field(
        default="UTC",
        metadata=_told(
            "where days begin, like `Europe/Berlin`", "the name of a zone in quotes, like `Europe/Berlin`", _text
        ),
    )
    as_of: str | None = field(
        default=None,
        metadata=_told(
            "the instant to ask for; absent: the moment of the run", "a date or timestamp, like `2025-12-01`", _text
        ),
    )
    week_starts: Weekday = field(
        default=Weekday.MONDAY,
        metadata=_told("the first day of the week", "a day of the week, like `monday`", _weekday),
    )
    include: tuple[str, ...] = field(
        default=("**/*.seg",),
        metadata=_told("patterns of the files to read", 'a list of patterns, like `["**/*.seg"]`', _texts),
    )
    exclude: tuple[str, ...] = field(
        default=(),
        metadata=_told(
            "patterns of files and folders to leave out", 'a list of patterns, like `["drafts/**"]`', _texts
        ),
    )
    connections: Mapping[str, Connection] = field(
        default_factory=dict,
        metadata=_tables(
            "where the data is; the one called `default` is used", "a table, like `[connections.default]`", Connection
        ),
    )
    fmt: Fmt = field(default=Fmt(), metadata=_table("the formatter", "a table, like `[fmt]`", Fmt))
    owners: Owners = field(
        default=Owners(), metadata=_table("who answers for segments", "a table, like `[owners]`", Owners)
    )
    lint: Lint = field(default_factory=Lint, metadata=_table("the linter", "a table, like `[lint]`", Lint))

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
    made = _read(Config, dict(table))
    return None if made is UNUSUAL else made


def default_of(setting: Field[Any]) -> Any:
    """Return what a setting is where nobody says it; None for one that has no default.

    Example:
        >>> default_of(setting_at(("lint", "rules")))
        {}
    """
    if setting.default_factory is not MISSING:
        return setting.default_factory()
    return None if setting.default is MISSING else setting.default


def setting_at(path: Sequence[str]) -> Field[Any] | None:
    """Return the setting at `path`, or None where there is no such one, as of a table that a user named.

    Example:
        >>> setting_at(("fmt", "width")).default
        100
    """
    table = _described(path[:-1])
    known = {} if table is None else {each.name: each for each in fields(table)}
    return known.get(path[-1])


def known_settings(path: Sequence[str]) -> list[str]:
    """Return the names of the settings that may stand in the table at `path`.

    Example:
        >>> known_settings(("connections", "default"))
        ['url', 'password_env', 'folders', 'timeout', 'memory_limit', 'threads']
    """
    table = _described(path)
    return [] if table is None else [each.name for each in fields(table)]


def _described(path: Sequence[str]) -> Any:
    """Return the class of the table at `path`, or None where there is no such table."""
    table: Any = Config
    is_named = False
    for name in path:
        if is_named:
            # A table in a table of tables: its name is the user's.
            is_named = False
            continue
        about: Mapping[str, Any] = (
            {} if table is None else next((each.metadata for each in fields(table) if each.name == name), {})
        )
        is_named = "tables" in about
        table = about.get("table", about.get("tables"))
    return None if is_named else table


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
