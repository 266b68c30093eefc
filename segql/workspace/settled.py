"""The settings in force, one by one: what each is, and who says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from segql.diagnostics import SegqlError, nearest
from segql.workspace import errors
from segql.workspace.config import default_of, known_settings, setting_at
from segql.workspace.layers import TYPED, Layer
from segql.workspace.root import Home
from segql.workspace.toml import path_of

_HIDDEN = "••••••"
# A password may hold anything that should have been escaped, so all up to the last `@` is hidden.
_USER = re.compile(r"(?<=//).*@", re.DOTALL)
_QUERY = re.compile(r"([?&;][^=&;#]*)=[^&;#]*")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in force. `sources` are the texts that say it, the one that counts first; none, for a default.

    `value` holds no secret; None stands for a setting that has no default and was not set.
    """

    path: tuple[str, ...]
    value: object
    about: str
    sources: tuple[str, ...]
    default: object

    @property
    def key(self) -> str:
        """The names of its path with dots between, as `--config` takes it."""
        return ".".join(each if re.fullmatch(r"[A-Za-z0-9_-]+", each) else written(each) for each in self.path)


def settings(home: Home) -> list[Setting]:
    """Return every setting in force, in the order of the documentation.

    Example:
        [each.key for each in settings(find_home(Path("shop")))]
    """
    return list(_settings(home, home.config, ()))


def settings_below(home: Home, key: str) -> list[Setting]:
    """Return the setting called `key`, or those of the table of that name.

    Raises:
        SegqlError: there is no such setting.

    Example:
        settings_below(find_home(Path("shop")), "fmt.width")
    """
    path = path_of(key)
    found = [each for each in settings(home) if each.path[: len(path)] == path] if path else []
    if not found and not (path and setting_at(path)):
        # The first name that is wrong decides what is near.
        wrong = next((at for at in range(len(path)) if not setting_at(path[: at + 1])), max(0, len(path) - 1))
        known = known_settings(path[:wrong])
        if path[:wrong] == ("connections",):
            known = list(home.config.connections)
        name = path[wrong] if path else key
        raise SegqlError([errors.unknown_setting(None, name, nearest(name, known), known)])
    return found


def written(value: object) -> str:
    r"""Return a value of the settings as TOML.

    Example:
        >>> written(("a", 'b"c'))
        '["a", "b\\"c"]'
    """
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(map(_letter, value)) + '"'
        case Mapping():
            return "{" + ", ".join(f"{written(name)} = {written(each)}" for name, each in value.items()) + "}"
        case tuple() | list():
            return f"[{', '.join(map(written, value))}]"
        case _:
            return str(value)


def _letter(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def _settings(home: Home, table: Any, path: tuple[str, ...]) -> Iterator[Setting]:
    for each in fields(table):
        value, place = getattr(table, each.name), (*path, each.name)
        if "table" in each.metadata:
            yield from _settings(home, value, place)
        elif "tables" in each.metadata:
            for name, inner in value.items():
                yield from _settings(home, inner, (*place, name))
        else:
            shown = _shown(place, value)
            yield Setting(place, shown, each.metadata["description"], tuple(_sources(home, place)), default_of(each))


def _sources(home: Home, path: Sequence[str]) -> Iterator[str]:
    return (_source(each, tuple(path)) for each in (home.text.saying(path) if home.text else ()))


def _source(layer: Layer, path: tuple[str, ...]) -> str:
    name = layer.text.source.name
    return name if name == TYPED else f"{name}:{layer.text.value(path).line}"


def _shown(path: Sequence[str], value: object) -> object:
    """Return a value without the secrets that the address of a database may hold."""
    if path[-1] != "url" or not isinstance(value, str):
        return value
    return _QUERY.sub(rf"\1={_HIDDEN}", _USER.sub(f"{_HIDDEN}@", value))
