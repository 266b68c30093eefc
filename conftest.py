"""Which files pytest can read: a backend only where its driver is installed.

With `SEGQL_NOTHING_MISSING=1` a test that is skipped fails.
"""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from segql.run.backends import DRIVERS


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


# Files beside a backend begin with its name, and know its driver, too.
collect_ignore_glob = [f"{name.replace('.', '/')}*.py" for name, driver in DRIVERS.items() if not _is_installed(driver)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where something was skipped and nothing may be missing: an install step that is forgotten hides there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("SEGQL_NOTHING_MISSING") == "1" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
