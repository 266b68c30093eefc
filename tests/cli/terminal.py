"""The command, run as somebody at a shell would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import segql as segql_library

# The library under test, wherever the command is run.
LIBRARY = Path(segql_library.__file__).parents[1].absolute()


def segql(
    *arguments: str, cwd: Path, typed: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `segql` in a folder, with `typed` as its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "segql", *arguments],
        cwd=cwd,
        input=typed.decode("utf-8", "surrogateescape"),
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env=environment() | (env or {}),
        timeout=120,
        check=False,
    )


def environment() -> dict[str, str]:
    """Return the environment of a plain shell, in which Python finds the library under test."""
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "TERM"}}
    return kept | {"PYTHONPATH": str(LIBRARY), "TERM": "xterm"}
