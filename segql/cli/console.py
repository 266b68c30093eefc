"""The terminal: data on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO

from segql.diagnostics import Diagnostic

# Progress shows for anything that takes longer.
_PATIENCE = 0.5


class Color(StrEnum):
    """When to use colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Console:
    """What is said besides the data, and how much of it.

    Example:
        >>> Console(quiet=True).note("14 segments")
    """

    quiet: bool = False
    verbose: bool = False
    color: Color = Color.AUTO

    def report(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Show diagnostics in full on standard error."""
        if diagnostics:
            # Most runs have nothing to show and do not pay for it.
            from segql.diagnostics.render import full  # noqa: PLC0415

            _write(sys.stderr, full(diagnostics, self.colors(sys.stderr)))

    def note(self, text: str) -> None:
        """Say something that a quiet run leaves out."""
        if not self.quiet:
            _write(sys.stderr, f"{text}\n")

    def detail(self, text: str) -> None:
        """Say something that only a verbose run says."""
        if self.verbose:
            _write(sys.stderr, f"{text}\n")

    def warn(self, text: str) -> None:
        """Say something whatever was asked."""
        _write(sys.stderr, f"{text}\n")

    def data(self, text: str) -> None:
        """Write text that is the command's product."""
        _write(sys.stdout, text)

    def colors(self, stream: TextIO) -> bool:
        """Say whether `stream` gets colour: as asked, else as the terminal and the environment say."""
        if self.color is not Color.AUTO:
            return self.color is Color.ALWAYS
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Show that something is being done, if it takes a while and somebody is watching."""
        if self.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            yield
            return
        done = threading.Event()
        plain = not self.colors(sys.stderr)
        shown = threading.Thread(target=_show_progress, args=(what, plain, done), daemon=True)
        shown.start()
        try:
            yield
        finally:
            done.set()
            shown.join()


def _show_progress(what: str, plain: bool, done: threading.Event) -> None:
    if done.wait(_PATIENCE):
        return
    from rich.console import Console as Terminal  # noqa: PLC0415 (only a slow run pays for it)

    with Terminal(stderr=True, no_color=plain).status(what):
        done.wait()


def _write(stream: TextIO, text: str) -> None:
    # Text in the user's files may hold letters that this terminal's encoding lacks.
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
