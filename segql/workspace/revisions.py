"""The files of a project as git has them at another revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

from segql.diagnostics import Diagnostic, SegqlError
from segql.lint import errors
from segql.source import Source
from segql.workspace.config import Config
from segql.workspace.files import Patterns, source_of


def sources_at(revision: str, root: Path, config: Config) -> list[Source]:
    """Return the `.seg` files of the project in `root` at a revision, by their paths below the root.

    A file that git does not know, or that was no text then, is left out.

    Raises:
        SegqlError: there is no git, no repository around the project, or no such revision.
    """
    patterns = Patterns.of(config.include, config.exclude)
    # A revision that begins with a dash would be read as an option.
    commit = _git(root, revision, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    named = _git(root, revision, "ls-tree", "-r", "-z", "--name-only", commit.decode().strip(), "--", ".")
    found: list[Source] = []
    for path in sorted(each.decode("utf-8", "surrogateescape") for each in named.split(b"\0") if each):
        if patterns.takes(path):
            read = source_of(path, _git(root, revision, "show", f"{commit.decode().strip()}:./{path}"))
            found += [] if isinstance(read, Diagnostic) else [read]
    return found


def _git(root: Path, revision: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 (no shell, and nothing that begins with a dash)
            ["git", "-C", str(root), *arguments],  # noqa: S607 (the git that everything else finds, too)
            capture_output=True,
            check=False,
        )
    except OSError:
        raise SegqlError([errors.unknown_revision(revision, "git is not installed")]) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0].removeprefix("fatal: ")
        raise SegqlError([errors.unknown_revision(revision, said or "there is no such revision")])
    return done.stdout
