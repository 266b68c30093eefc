"""The clock of a run: the instant to ask for, in the project's zone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from segql.diagnostics import Diagnostic, SegqlError, nearest
from segql.plan import Clock
from segql.plan.instants import midnight, of_wall
from segql.workspace import errors
from segql.workspace.config import Config

# Named in annotations only: many projects have no settings.
if TYPE_CHECKING:
    from segql.workspace.layers import Layers

# How an instant may be given: a text as on the command line, or Python's own values.
AsOf: TypeAlias = str | dt.date | dt.datetime | None

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)


def clock_at(as_of: AsOf, config: Config) -> Clock:
    """Return the clock for `as_of`, else for the project's own, else for this moment.

    A date is its midnight in the project's zone. A timestamp without a zone stands on the project's
    wall clock: one that the clock skips moves forward by the gap, a repeated one is its first.

    Raises:
        SegqlError: the text is no date and no timestamp.

    Example:
        >>> str(clock_at("2025-12-01", Config(timezone="Europe/Berlin")).as_of)
        '2025-11-30 23:00:00+00:00'
    """
    zone = ZoneInfo(config.timezone)
    written = as_of if as_of is not None else config.as_of
    instant = dt.datetime.now(dt.UTC) if written is None else _instant(written, zone)
    if instant is None:
        raise SegqlError([errors.wrong_as_of(str(written))])
    return Clock(instant, zone, config.week_starts.number)


def moving_clock(as_of: AsOf, config: Config) -> Clock:
    """Return the clock of this moment, at which a statement is made that asks at the engine's clock.

    The project's own instant is for statements that stand.

    Raises:
        SegqlError: an instant is given, too.

    Example:
        >>> moving_clock(None, Config("Europe/Berlin", as_of="2025-12-01")).as_of.year > 2025
        True
    """
    if as_of is not None:
        raise SegqlError([errors.two_clocks(str(as_of))])
    return clock_at(dt.datetime.now(dt.UTC), config)


def checked_clock(config: Config, text: Layers | None = None) -> Iterator[Diagnostic]:
    """Yield what is wrong with the zone and the instant in a project's settings.

    Example:
        >>> [each.hint for each in checked_clock(Config("Europe/Berln"))]
        ['`Europe/Berlin` is the closest']
    """
    try:
        zone = ZoneInfo(config.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(config.timezone, sorted(available_timezones()))
        needed = "the name of a zone, like `Europe/Berlin`"
        yield errors.wrong_setting(
            text.value(("timezone",)) if text else None, "timezone", f"`{config.timezone}`", needed, near
        )
        return
    if config.as_of is not None and _instant(config.as_of, zone) is None:
        yield errors.wrong_as_of(config.as_of, text.value(("as_of",)) if text else None)


def _instant(as_of: str | dt.date | dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Return the instant in UTC, or None where there is no such one."""
    try:
        match as_of:
            case str():
                return _instant(_read(as_of), zone) if _WRITTEN.fullmatch(as_of) else None
            case dt.datetime():
                return as_of.astimezone(dt.UTC) if as_of.tzinfo else of_wall(as_of, zone)
            case dt.date():
                return midnight(as_of, zone)
    except (ValueError, OverflowError):
        return None


def _read(text: str) -> dt.date | dt.datetime:
    return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
