"""The command, run as somebody at a shell would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parents[2]


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
    """Return the environment of a plain shell, with this checkout in it."""
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "TERM"}}
    return kept | {"PYTHONPATH": os.environ.get("PYTHONPATH") or str(HERE), "TERM": "xterm"}
