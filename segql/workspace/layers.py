"""Who said which setting: the file, and `--config` of the command line, which has the last word."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from segql.diagnostics import SegqlError
from segql.source import Source, Span
from segql.workspace import errors
from segql.workspace.toml import TomlText, syntax_place

# The name under which messages show what was typed.
TYPED = "--config"


@dataclass(frozen=True, slots=True)
class Layer:
    """One text with settings, and the table that it says."""

    text: TomlText
    table: Mapping[str, Any]

    def depth(self, path: Sequence[str]) -> int:
        """Return how many names of `path`, from the first on, are said here."""
        table: Any = self.table
        for count, name in enumerate(path):
            if not isinstance(table, Mapping) or name not in table:
                return count
            table = table[name]
        return len(path)

    def says(self, path: Sequence[str]) -> bool:
        """Say whether the setting or table at `path` stands here."""
        return self.depth(path) == len(path)


@dataclass(frozen=True, slots=True)
class Layers:
    """The texts with settings, the one that gives way first."""

    each: tuple[Layer, ...]

    def together(self) -> dict[str, Any]:
        """Return one table: of tables all that is said, of values the last."""
        made: dict[str, Any] = {}
        for layer in self.each:
            made = _over(made, layer.table)
        return made

    def key(self, path: tuple[str, ...]) -> Span:
        """Return the place of the last name of `path`, else of the nearest table around it."""
        return self._nearest(path).text.key(path)

    def value(self, path: tuple[str, ...]) -> Span:
        """Return the place of the value at `path`, else of the nearest table around it."""
        return self._nearest(path).text.value(path)

    def item(self, path: tuple[str, ...], wanted: str | int) -> Span:
        """Return the place of a text, or of what has a number from 0, in the list at `path`, else of the list."""
        return self._nearest(path).text.item(path, wanted)

    def saying(self, path: Sequence[str]) -> Iterator[Layer]:
        """Yield the texts in which `path` stands, the one that counts first."""
        return (each for each in reversed(self.each) if each.says(path))

    def _nearest(self, path: Sequence[str]) -> Layer:
        return max(reversed(self.each), key=lambda each: each.depth(path))


def layer_of(source: Source, prefix: tuple[str, ...] = ()) -> Layer:
    r"""Return a text as it was written, in TOML; ours may stand in the table `prefix`.

    Raises:
        SegqlError: it is not TOML.

    Example:
        >>> layer_of(Source.of("segql.toml", "[fmt]\nwidth = 80")).table
        {'fmt': {'width': 80}}
    """
    text = TomlText.of(source, prefix)
    try:
        table: Mapping[str, Any] = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        span, why = syntax_place(text.source, str(error))
        raise SegqlError([errors.wrong_toml(span, why)]) from None
    for each in prefix:
        table = table[each]
    return Layer(text, table)


def typed_layer(written: str) -> Layer:
    """Return what `--config` says, as in `fmt.width=80`.

    Raises:
        SegqlError: it is not TOML, or says nothing.

    Example:
        >>> typed_layer("fmt.width=80").table
        {'fmt': {'width': 80}}
    """
    made = layer_of(Source.of(TYPED, written))
    if not made.table:
        raise SegqlError([errors.wrong_toml(made.text.source.span(0, 0), "it sets nothing")])
    return made


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(below)
    for name, value in above.items():
        old = made.get(name)
        made[name] = _over(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return made
