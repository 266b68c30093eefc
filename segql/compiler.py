"""The pipeline, one stage a line: text → ast → plan → better plan → SQL."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segql import plan
from segql.analysis import Analyzed, Definition, analyze
from segql.catalog import Catalog
from segql.diagnostics import SegqlError
from segql.plan import Clock
from segql.plan.explain import explain as describe
from segql.source import Source
from segql.syntax import Parsed, ast, parse
from segql.tree import replace

if TYPE_CHECKING:
    from segql.optimizer import Facts
    from segql.sql import Account, Form, Statement


@dataclass(frozen=True, slots=True)
class Settings:
    """How a project reads its files.

    `timezone` and `week_starts` (1 for Monday to 7 for Sunday) belong to its clock; `params` are values given from
    outside, as text; `entity` is that of bare conditions, where a project has several.
    """

    timezone: str = "UTC"
    week_starts: int = 1
    params: Mapping[str, str] = field(default_factory=dict)
    entity: str | None = None


def check(
    sources: Sequence[Source],
    settings: Settings | None = None,
    *,
    read: Callable[[Source], Parsed] = parse,
) -> Analyzed:
    """Read the sources of a project together; what is wrong stands in the result's `diagnostics`.

    `read` parses a source; whoever keeps what was parsed gives another.

    Example:
        >>> check([Source.of("young.seg", "age < 30")]).diagnostics[0].hint
        'declare an entity: `entity customer`, and under it `from`, `key` and its fields'
    """
    settings = settings or Settings()
    parsed = [read(each) for each in sources]
    named = [_of_entity(each, settings.entity) for each in parsed]
    return analyze(named, settings.params)


def condition_source(name: str, text: str) -> Source:
    """Return a source that holds one condition, typed rather than kept in a file; `name` is its segment's."""
    return Source.of(name, text)


def compile(  # noqa: A001, PLR0913
    analyzed: Analyzed,
    names: Sequence[str],
    clock: Clock,
    *,
    dialect: str = "duckdb",
    form: str = "members",
    lists: Mapping[str, Sequence[str]] | None = None,
    is_live: bool = False,
    facts: Facts | None = None,
    fingerprints: Callable[[str], str] | None = None,
) -> Statement:
    """Turn segments of one entity into one statement; of the form `values`, scores, tier lists and splits.

    `lists` holds the keys of each static list that they use, as text. If `is_live`, the statement asks at the engine's
    own clock whenever it is run, and `clock` is that of the moment at which it is made. `facts` are what the engine
    guarantees of its tables: for another one, or later, the statement may be wrong. `fingerprints` gives what a
    segment or value has as its fingerprint, which the first line of the statement then tells.

    Raises KeyError for an unknown segment and SegqlError for what the dialect cannot express.
    """

    def made(asked: Sequence[str]) -> Statement:
        request = analyzed.values(asked) if form == "values" else analyzed.request(asked)
        return compile_request(
            request,
            analyzed.catalog,
            clock,
            dialect=dialect,
            form=form,
            lists=lists or {},
            is_live=is_live,
            facts=facts,
            fingerprints={each: fingerprints(each) for each in asked} if fingerprints else {},
        )

    try:
        return made(names)
    except SegqlError as error:
        raise _placed(error, names, made, analyzed) from error


def compile_request(  # noqa: PLR0913
    request: plan.Request,
    catalog: Catalog,
    clock: Clock,
    *,
    dialect: str,
    form: str,
    lists: Mapping[str, Sequence[str]],
    is_live: bool = False,
    facts: Facts | None = None,
    fingerprints: Mapping[str, str] | None = None,
) -> Statement:
    """Turn a request, as analysis makes it, into one statement; as for `compile`."""
    # `check` never gets here, so it does not pay for these.
    from segql.optimizer import Facts, optimize  # noqa: PLC0415
    from segql.sql import generate  # noqa: PLC0415

    optimized = optimize(request, facts or Facts())
    return generate(
        optimized,
        catalog,
        clock,
        dialect=dialect,
        form=_form(form),
        lists=lists,
        is_live=is_live,
        fingerprints=fingerprints,
    )


def explain(analyzed: Analyzed, names: Sequence[str]) -> str:
    """Return the plan of segments, or of values, of one entity as text: as analysed, then after each pass.

    A pass that changed nothing is left out.

    Raises KeyError for an unknown segment.
    """
    from segql.optimizer import stages  # noqa: PLC0415

    asked = analyzed.values(names) if set(names) <= set(analyzed.outcomes) else analyzed.request(names)
    told = [f"-- {name}\n{describe(request)}" for name, request in stages(asked)]
    if len(told) == 1:
        told.append("-- optimized\nas analysed: no pass found anything to change")
    return "\n\n".join(told)


def explain_work(
    analyzed: Analyzed,
    names: Sequence[str],
    clock: Clock,
    *,
    dialect: str,
    form: str,
    lists: Mapping[str, Sequence[str]],
) -> str:
    """Return as text what segments share in the statement that `compile` makes, and the work estimated for each.

    Raises KeyError for an unknown segment and SegqlError for what the dialect cannot express.
    """
    from segql.optimizer import optimize  # noqa: PLC0415
    from segql.sql import account  # noqa: PLC0415
    from segql.sql.explained import explained  # noqa: PLC0415

    def made(asked: Sequence[str]) -> Account:
        request = analyzed.values(asked) if form == "values" else analyzed.request(asked)
        return account(optimize(request), analyzed.catalog, clock, dialect=dialect, form=_form(form), lists=lists)

    return explained(made(names), {name: made([name]) for name in names}, clock)


def _placed(
    error: SegqlError, names: Sequence[str], made: Callable[[Sequence[str]], Statement], analyzed: Analyzed
) -> SegqlError:
    """Return an error that points at the segment or value it is about: of several the first that fails alone."""
    if len(names) > 1:
        for name in names:
            try:
                made([name])
            except SegqlError as alone:
                return _placed(alone, [name], made, analyzed)
        return error
    name = names[0]
    span = analyzed.outcomes[name].span if name in analyzed.outcomes else analyzed.definitions[name].span
    told = error.diagnostics
    # A dialect that nobody knows is no segment's fault.
    is_about = all(each.name == "unsupported" and each.span is None for each in told)
    return SegqlError([dataclasses.replace(each, span=span) for each in told]) if is_about else error


def _form(form: str) -> Form:
    from segql.sql import Form  # noqa: PLC0415

    return Form(form)


def _of_entity(parsed: Parsed, entity: str | None) -> Parsed:
    """Give a bare condition the entity that was asked for."""
    module = parsed.module
    if entity is None or not module.is_bare:
        return parsed
    segments = tuple(
        replace(each, owner=ast.Name(entity, span=each.span)) if isinstance(each, ast.Segment) else each
        for each in module.declarations
    )
    return dataclasses.replace(parsed, module=replace(module, declarations=segments))


__all__ = [
    "Analyzed",
    "Definition",
    "Settings",
    "check",
    "compile",
    "compile_request",
    "condition_source",
    "explain",
    "explain_work",
]
