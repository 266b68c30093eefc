"""From a connection's settings to an engine that can be asked."""

from __future__ import annotations

from segql.diagnostics import SegqlError
from segql.run.backends import BACKENDS, Backend, Target, Unreachable, connect
from segql.run.errors import engine_unreachable
from segql.workspace import errors
from segql.workspace.connections import allowed_folders, connection_of, filled, place_of
from segql.workspace.root import Home


def opened(home: Home, name: str) -> Backend:
    """Open a connection of a project; one called `default` may be left out of its settings.

    Raises:
        SegqlError: there is no such connection, or it cannot be opened.

    Example:
        opened(find_home(Path("shop")), "default").tables()
    """
    target = _target(home, name)
    span = place_of(home, name, "url")
    scheme = target.url.split(":")[0] if target.url is not None else None
    if scheme is not None and scheme not in BACKENDS:
        raise SegqlError([errors.unknown_engine(span, scheme, sorted(BACKENDS))])
    limits = {"memory_limit": target.memory_limit, "threads": target.threads}
    given = [setting for setting, value in limits.items() if value is not None]
    if scheme not in {None, "duckdb"} and given:
        raise SegqlError([errors.setting_of_duckdb(place_of(home, name, each), each, str(scheme)) for each in given])
    try:
        return connect(target)
    except ValueError as error:
        raise SegqlError([errors.wrong_url(span, str(error))]) from None
    except Unreachable as error:
        raise SegqlError([engine_unreachable(error.what, error.why, error.hint)]) from None


def _target(home: Home, name: str) -> Target:
    connection = connection_of(home, name)
    if connection is None:
        return Target(None, home.root)
    (url,) = filled(home, name, [connection.url])
    password = None
    if connection.password_env is not None:
        (password,) = filled(home, name, [f"${{{connection.password_env}}}"])
    folders = allowed_folders(home, name)
    return Target(url, home.root, folders, password, connection.timeout, connection.memory_limit, connection.threads)
