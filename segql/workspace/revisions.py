"""A project as git has it at another revision: its files and its settings of then."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segql.diagnostics import Diagnostic, SegqlError
from segql.lint import errors
from segql.source import Source
from segql.workspace.config import Config
from segql.workspace.files import Patterns, is_skipped, shown_path, source_of
from segql.workspace.layers import TYPED
from segql.workspace.root import SETTINGS, SHARED, Home, config_among

# What git calls a file, in the modes of a tree; a link is none, its text would be a path.
_FILES = (b"100644", b"100755")
# What git tells its hooks of where they are.
_OF_HOOKS = frozenset(
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_INDEX_FILE"]
)


@dataclass(frozen=True, slots=True)
class Past:
    """A project at a revision: its settings, and its texts by their paths below the root.

    `problem` says why it is not known what it was, in a few words: then the settings may be those of now.
    """

    config: Config
    sources: Mapping[str, Source]
    problem: str = ""


def past(revision: str, home: Home, also: Sequence[Path] = ()) -> Past:
    """Return the project in a folder as it was at a revision, with the settings that stood there then.

    What was typed, like `--config`, still comes before those. `also` are files and folders to read besides.

    Two revisions with three dots between, like `main...HEAD` or `main...`, stand for the commit at which they parted.

    Raises:
        SegqlError: there is no git, no repository around the project, or no such revision.

    Example:
        past("main", find_home(Path("shop"))).sources["catalog.seg"]
    """
    repository = _Repository(home.root, revision)
    names = repository.names()
    settings = repository.texts([each for each in (SETTINGS, SHARED) if each in names])
    typed = [each for each in home.text.each if each.text.source.name == TYPED] if home.text else []
    config, problem = home.config, ""
    try:
        config = config_among(settings, typed)
    except SegqlError:
        problem = "the settings were wrong then"
    texts = repository.texts(_wanted(names, config, home.root, also))
    read = {path: source_of(shown_path(home.root / path, home.root), data) for path, data in texts.items()}
    sources = {path: each for path, each in read.items() if not isinstance(each, Diagnostic)}
    if len(sources) < len(read) and not problem:
        problem = "a file was no text then"
    return Past(config, sources, problem)


def _wanted(names: Iterable[str], config: Config, root: Path, also: Sequence[Path]) -> list[str]:
    """Return the paths of the project's files, in their order, as `find_files` would find them on disk."""
    patterns = Patterns.of(config.include, config.exclude)
    paths = sorted(map(PurePosixPath, names), key=lambda each: each.parts)
    others = {each.parent for each in paths if each.name == SETTINGS} - {PurePosixPath()}
    named = [PurePosixPath(each.relative_to(root).as_posix()) for each in also if each.is_relative_to(root)]

    def is_meant(path: PurePosixPath) -> bool:
        if any(path == each or (path.suffix == ".seg" and path.is_relative_to(each)) for each in named):
            return True
        is_ours = not any(is_skipped(each.name) or each in others for each in path.parents)
        return is_ours and patterns.takes(str(path))

    return [str(each) for each in paths if is_meant(each)]


class _Repository:
    """What git holds below a folder at a revision."""

    def __init__(self, root: Path, revision: str) -> None:
        self.root, self.revision = root, revision
        one, dots, other = revision.partition("...")
        # As for `git diff`: what is left out is where we are.
        self.commit = self._parted(one or "HEAD", other or "HEAD") if dots else self._commit(revision)
        self._objects: dict[str, bytes] = {}

    def _commit(self, revision: str) -> str:
        # A revision that begins with a dash would be read as an option.
        wanted = f"{revision}^{{commit}}"
        return self._git("rev-parse", "--verify", "--quiet", "--end-of-options", wanted).decode().strip()

    def _parted(self, one: str, other: str) -> str:
        """Return the commit from which two revisions went their ways."""
        known = [self._commit(each) for each in (one, other)]
        return self._git("merge-base", *known, otherwise="the two have no commit in common").decode().strip()

    def names(self) -> frozenset[str]:
        """Return the paths of all files."""
        for entry in self._git("ls-tree", "-r", "-z", self.commit, "--", ".").split(b"\0"):
            about, _, path = entry.partition(b"\t")
            if about.startswith(_FILES):
                self._objects[path.decode("utf-8", "surrogateescape")] = about.split()[2]
        return frozenset(self._objects)

    def texts(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Return what stands in files, by their paths; all are asked for at once."""
        if not paths:
            return {}
        wanted = b"".join(self._objects[each] + b"\n" for each in paths)
        told = self._git("cat-file", "--batch", given=wanted)
        found: dict[str, bytes] = {}
        at = 0
        for path in paths:
            # The head of each ends in its length: `<object> blob <length>`.
            start = told.index(b"\n", at) + 1
            end = start + int(told[at:start].split()[-1])
            found[path], at = told[start:end], end + 1
        return found

    def _git(self, *arguments: str, given: bytes = b"", otherwise: str = "there is no such revision") -> bytes:
        try:
            done = self._asked(arguments, given)
        except OSError:
            raise SegqlError([errors.unknown_revision(self.revision, "git is not installed")]) from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0].removeprefix("fatal: ")
            raise SegqlError([errors.unknown_revision(self.revision, said or otherwise, is_cut_off=self._is_cut_off())])
        return done.stdout

    def _is_cut_off(self) -> bool:
        """Say whether this is a shallow clone, in which older commits are missing."""
        return self._asked(["rev-parse", "--is-shallow-repository"]).stdout.strip() == b"true"

    def _asked(self, arguments: Sequence[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        # A hook of git is told of its repository by variables, which would stand above the folder.
        around = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
        return subprocess.run(  # noqa: S603 (no shell, and nothing that begins with a dash)
            ["git", "-C", str(self.root), *arguments],  # noqa: S607 (the git that everything else finds, too)
            capture_output=True,
            check=False,
            input=given,
            env=around,
        )
