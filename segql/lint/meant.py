"""Settings that name what stands in the project, such as a field or a tag: whether there is such a one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from segql.catalog import Catalog
from segql.diagnostics import Diagnostic, nearest
from segql.lint import errors
from segql.lint.reading import said_of
from segql.lint.rules import banned_field, missing_owner
from segql.lint.selection import Selection, Way
from segql.source import Span
from segql.syntax import Parsed, ast


def absent(
    selection: Selection, parsed: Sequence[Parsed], catalog: Catalog | None, place: Callable[[Way], Span | None]
) -> Iterator[Diagnostic]:
    """Yield what is wrong with settings that name fields, tags or owners that the project does not have.

    `catalog` is None where the project has errors: then nothing is said of fields.
    """
    rule = banned_field.RULE.name
    known = list(_fields(catalog)) if catalog is not None else []
    for name in _listed(selection, rule, "fields") if catalog is not None else ():
        if name not in known:
            yield errors.no_such_field(place(("rules", rule, "fields")), rule, name, nearest(name, known))
    segments = [each for one in parsed for each in one.module.declarations if isinstance(each, ast.Segment)]
    tags = {f"tag:{name}" for each in segments for name in said_of(each, "tags")}
    said = tags | {f"owner:{name}" for each in segments for name in said_of(each, "owner")}
    rule = missing_owner.RULE.name
    asked: dict[str, tuple[str, ...]] = {
        f"tag:{each}": ("rules", rule, "tagged") for each in _listed(selection, rule, "tagged")
    }
    asked |= {each: ("exempt", each) for each in selection.exempt if each.startswith(("tag:", "owner:"))}
    for name, path in asked.items():
        if name not in said:
            yield errors.idle_setting(place(path), name, nearest(name, said))


def _listed(selection: Selection, rule: str, name: str) -> tuple[str, ...]:
    found = selection.options[rule][name]
    assert isinstance(found, tuple)
    return found


def _fields(catalog: Catalog) -> Iterator[str]:
    """Yield the fields of a catalog as settings name them."""
    for owners in (catalog.entities, catalog.streams, catalog.manys):
        for owner, each in owners.items():
            yield from (f"{owner}.{name}" for name in each.fields)
    for (_, owner), one in catalog.ones.items():
        yield from (f"{owner}.{name}" for name in one.fields)
