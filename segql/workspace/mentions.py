"""Names of the catalog and paths of files in the settings, where something gets another name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import environ
from pathlib import Path
from typing import Any

import tomlkit

from segql.analysis import Named, Sort
from segql.diagnostics import Diagnostic, SegqlError
from segql.graph import errors
from segql.lint.rules import banned_field
from segql.workspace.config import expanded, variables
from segql.workspace.files import Patterns
from segql.workspace.layers import TYPED, Layer
from segql.workspace.root import SETTINGS, Home

# The settings of rules that hold names of fields, by code and by name of the rule.
OF_FIELDS = {name.lower(): "fields" for name in (banned_field.RULE.name, banned_field.RULE.code)}


@dataclass(frozen=True, slots=True)
class Resaid:
    """A file of settings as it is to be, and how many places in it change."""

    path: Path
    data: bytes = field(repr=False)
    places: int


def resaid(home: Home, names: Mapping[Named, Named]) -> list[Resaid]:
    """Return the files of settings that name what gets another name; `names` are all names, before and after.

    Comments and layout stay as they are. What `--config` says is of one run and stays.

    Raises:
        SegqlError: a setting takes such a name from an environment variable.

    Example:
        resaid(find_home(Path("shop")), made.names)
    """
    fields = {old.name: new.name for old, new in names.items() if old.sort is Sort.FIELD}
    layers = home.text.each if home.text else ()
    made = (_resaid(home, each, fields) for each in layers if each.text.source.name != TYPED)
    return [each for each in made if each.places]


def _resaid(home: Home, layer: Layer, fields: Mapping[str, str]) -> Resaid:
    path = home.root / ("pyproject.toml" if layer.text.prefix else SETTINGS)
    text = path.read_bytes().decode()
    # Some editors put a mark in front, which is no TOML.
    written = tomlkit.parse(text.removeprefix("\ufeff"))
    table: Any = written
    for each in (*layer.text.prefix, "lint", "rules"):
        table = table.get(each, {}) if isinstance(table, Mapping) else {}
    places = 0
    for rule, options in table.items():
        setting = OF_FIELDS.get(rule.casefold())
        said = options.get(setting) if setting and isinstance(options, Mapping) else None
        if setting is None or not isinstance(said, list):
            continue
        # From behind, as one name may become two.
        for at, each in reversed(list(enumerate(said))):
            called = _called(expanded(each, environ), fields) if isinstance(each, str) else ()
            if not called or called == (expanded(each, environ),):
                continue
            if variables(each):
                span = layer.text.value(("lint", "rules", rule, setting))
                raise SegqlError([errors.setting_in_the_way(span, f"`{each}` takes its name from the environment")])
            said[at] = called[0]
            for more in called[1:]:
                said.insert(at + 1, more)
            places += 1
    mark = text[: len(text) - len(text.removeprefix("\ufeff"))]
    return Resaid(path, (mark + tomlkit.dumps(written)).encode(), places)


def _called(text: str, fields: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the fields that a text stands for, as they are afterwards.

    The field of a relation is named without what the relation is of, so that one text may stand for several.

    Example:
        >>> _called("account.plan", {"customer.account.plan": "customer.account.rate", "team.account.plan": "team.x.y"})
        ('account.rate', 'x.y')
    """
    length = text.count(".") + 1
    found = (new for old, new in fields.items() if old == text or old.endswith(f".{text}"))
    return tuple(dict.fromkeys(".".join(each.split(".")[-length:]) for each in found)) if length > 1 else ()


def patterns_in_the_way(home: Home, before: Path, after: Path) -> Iterator[Diagnostic]:
    """Yield the settings whose patterns take one of the two paths of a file that is moved, and not the other.

    Example:
        list(patterns_in_the_way(home, home.root / "young.seg", home.root / "draft_young.seg"))
    """
    config = home.config
    old, new = (each.relative_to(home.root).as_posix() for each in (before, after))
    if not Patterns.of(config.include, []).takes(new):
        yield _in_the_way(home, ("include",), new, "is not in `include`")
    if Patterns.of([], config.exclude).leaves_out(new):
        yield _in_the_way(home, ("exclude",), new, "is in `exclude`")
    for pattern in config.lint.exempt:
        if pattern.startswith(("tag:", "owner:")):
            continue
        taken = [Patterns.of([pattern], []).takes(each) for each in (old, new)]
        if taken[0] != taken[1]:
            is_in = "is in" if taken[1] else "is not in"
            yield _in_the_way(home, ("lint", "exempt", pattern), new, f"{is_in} `{pattern}` of `[lint.exempt]`")


def _in_the_way(home: Home, path: tuple[str, ...], file: str, why: str) -> Diagnostic:
    return errors.setting_in_the_way(home.text.key(path) if home.text else None, f"the file `{file}` {why}")
