"""A `segql` to be called by name, and repositories to call it in."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.cli.terminal import LIBRARY, environment


def checkout() -> Path:
    """Return the folder of the files that are tested."""
    return LIBRARY


def with_segql(folder: Path) -> dict[str, str]:
    """Return an environment in which `segql` is the library under test."""
    command = folder / "bin" / "segql"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m segql "$@"\n')
    command.chmod(0o755)
    return clean(environment()) | {"PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}


def clean(env: dict[str, str]) -> dict[str, str]:
    """Return an environment without what git says of a repository around, and with somebody who commits."""
    kept = {name: value for name, value in env.items() if not name.startswith("GIT_")}
    who = {f"GIT_{role}_{what}": "test" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return kept | who | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def run(*command: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command with both of its outputs in one."""
    return subprocess.run(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )


def repository(folder: Path, env: dict[str, str]) -> Path:
    """Make an empty git repository, and return it."""
    folder.mkdir(parents=True)
    assert run("git", "init", "-q", "-b", "main", ".", cwd=folder, env=env).returncode == 0
    return folder


def committed(folder: Path, env: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """Commit all that stands in a repository, and return what git said."""
    assert run("git", "add", "-A", cwd=folder, env=env).returncode == 0
    return run("git", "commit", "-m", "a change", *options, cwd=folder, env=env)
