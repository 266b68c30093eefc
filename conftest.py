"""Which files pytest can read: a backend only where its driver is installed."""

from __future__ import annotations

from importlib.util import find_spec

from segql.run.backends import DRIVERS


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


# Files beside a backend begin with its name, and know its driver, too.
collect_ignore_glob = [f"{name.replace('.', '/')}*.py" for name, driver in DRIVERS.items() if not _is_installed(driver)]
