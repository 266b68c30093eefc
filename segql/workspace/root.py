"""Where a project begins: its root folder, and the settings that stand there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segql.diagnostics import Diagnostic, SegqlError
from segql.source import Source
from segql.workspace import errors
from segql.workspace.clock import checked_clock
from segql.workspace.config import MEMORY, Config, expanded, is_memory, plain, variables
from segql.workspace.files import shown_path

# Named in annotations only, and loaded where there are settings.
if TYPE_CHECKING:
    from segql.workspace.layers import Layer, Layers

SETTINGS = "segql.toml"
SHARED = "pyproject.toml"
_TABLE = ("tool", "segql")


@dataclass(frozen=True, slots=True)
class Home:
    """A project's root folder, absolute; its settings; and the texts that say them, where there are any."""

    root: Path
    config: Config
    text: Layers | None = None


def find_home(named: Path | None = None, start: Path | None = None, typed: Sequence[str] = ()) -> Home:
    """Return the project at `named`, else the nearest one upwards from `start`, else where we are.

    `typed` are settings that come before those of its file, like `fmt.width=80`.

    Raises:
        SegqlError: there is no such folder, or its settings cannot be read.

    Example:
        find_home(Path("shop"))
    """
    if named is not None:
        root = Path(os.path.abspath(named))  # noqa: PTH100 (a link stays what it was named)
        if not root.is_dir():
            raise SegqlError([errors.no_such_folder(str(named))])
        return _settled(root, next(_settings_in(root), None), typed)
    here = Path.cwd()
    start = start or here
    for folder in (start, *start.parents):
        for found in _settings_in(folder):
            return _settled(folder, found, typed)
    # Without settings the current folder is the project, unless something outside of it is meant.
    return _settled(here if start.is_relative_to(here) else start, None, typed)


def config_among(files: Mapping[str, bytes], typed: Sequence[Layer] = ()) -> Config:
    r"""Return the settings of a project whose root holds these files, by their names; `typed` comes before them.

    Raises:
        SegqlError: the settings cannot be read.

    Example:
        >>> config_among({"segql.toml": b"[fmt]\nwidth = 80"}).fmt.width
        80
    """
    from segql.workspace.layers import Layers, layer_of  # noqa: PLC0415 (only for settings)

    written: list[Layer] = []
    if SETTINGS in files:
        written = [layer_of(_decoded(SETTINGS, files[SETTINGS]))]
    elif _is_shared(files.get(SHARED, b"")):
        written = [layer_of(_decoded(SHARED, files[SHARED]), _TABLE)]
    config, problems = _config(Layers((*written, *typed)))
    if problems:
        raise SegqlError(problems)
    return config


def repository_of(folder: Path) -> Path:
    """Return the root of the git repository around a folder, else the folder itself.

    Example:
        repository_of(Path("shop"))
    """
    folder = folder.absolute()
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)


def _settings_in(folder: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield the files in `folder` that hold settings, each with the table that they stand in."""
    if (folder / SETTINGS).is_file():
        yield folder / SETTINGS, ()
    shared = folder / SHARED
    if shared.is_file() and _is_shared(_bytes(shared)):
        yield shared, _TABLE


def _is_shared(data: bytes) -> bool:
    """Say whether a `pyproject.toml` holds settings of ours."""
    if b"segql" not in data:
        return False
    import tomllib  # noqa: PLC0415 (only a project with settings needs it, here and below)

    try:
        found = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return False  # the file of another tool, which will say so itself
    tool = found.get("tool")
    return isinstance(tool, dict) and isinstance(tool.get("segql"), dict)


def _settled(root: Path, found: tuple[Path, tuple[str, ...]] | None, typed: Sequence[str]) -> Home:
    if found is None and not typed:
        return Home(root, Config())
    from segql.workspace.layers import Layers, layer_of, typed_layer  # noqa: PLC0415 (only for settings)

    written = [] if found is None else [layer_of(_source(found[0], root), found[1])]
    text = Layers((*written, *map(typed_layer, typed)))
    config, problems = _config(text)
    if problems:
        raise SegqlError(problems)
    return Home(root, config, text)


def _source(path: Path, root: Path) -> Source:
    return _decoded(shown_path(path, root), _bytes(path))


def _decoded(name: str, data: bytes) -> Source:
    try:
        return Source.of(name, data.decode())
    except UnicodeDecodeError as error:
        before = Source.of(name, data[: error.start].decode())
        end = len(before.text)
        raise SegqlError([errors.not_utf_8(before.span(end, end), error.start)]) from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise SegqlError([errors.unreadable_source(str(path), why.lower())]) from None


def _config(text: Layers) -> tuple[Config, list[Diagnostic]]:
    problems: list[Diagnostic] = []
    filled = _filled(text.together(), (), text, problems)
    if problems:
        return Config(), problems
    config = plain(filled)
    if config is None:
        # Something is unusual: now the validator is worth its time.
        from segql.workspace.schema import validated  # noqa: PLC0415 (slow to load)

        config, problems = validated(filled, text)
    return config, problems or list(_meaningless(config, text))


def _filled(
    table: Mapping[str, Any], path: tuple[str, ...], text: Layers, problems: list[Diagnostic]
) -> dict[str, object]:
    """Fill in environment variables and write dates as text; connections wait until they are used.

    A check needs no credentials, so a password that is not set must not stop it.
    """
    filled: dict[str, object] = {}
    for name, value in table.items():
        place = (*path, name)
        if place == ("connections",):
            filled[name] = value
            continue
        if isinstance(value, dict):
            filled[name] = _filled(value, place, text, problems)
            continue
        # TOML has dates of its own.
        given = value.isoformat() if place == ("as_of",) and hasattr(value, "isoformat") else value
        texts = given if isinstance(given, list) else [given]
        asked = (each for each in texts if isinstance(each, str) for each in variables(each))
        missing = [each for each in dict.fromkeys(asked) if each not in os.environ]
        problems += [errors.missing_variable(text.value(place), ".".join(place), each) for each in missing]
        if not missing:
            done = [expanded(each, os.environ) if isinstance(each, str) else each for each in texts]
            filled[name] = done if isinstance(given, list) else done[0]
    return filled


def _meaningless(config: Config, text: Layers) -> Iterator[Diagnostic]:
    """Yield what is wrong with settings that have the right form."""
    yield from checked_clock(config, text)
    for name, each in config.connections.items():
        if each.memory_limit is not None and not is_memory(each.memory_limit):
            path = ("connections", name, "memory_limit")
            place = text.value(path)
            yield errors.wrong_setting(place, ".".join(path), f"`{place.text}`", MEMORY)
