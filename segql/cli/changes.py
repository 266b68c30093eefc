"""Several files changed together: all of them, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from segql.cli.output import refuse_protected
from segql.diagnostics import Edit, SegqlError
from segql.run.errors import output_failed


@dataclass(frozen=True, slots=True)
class Change:
    """A file, what it is to hold, and where it is to lie: at its own place, or at another."""

    path: Path
    data: bytes = field(repr=False)
    to: Path


def write_together(changes: Sequence[Change]) -> None:
    """Write files so that all of them are changed or none is, whatever fails.

    Raises:
        SegqlError: one cannot be written; everything is as it was.

    Example:
        write_together([Change(Path("vip.seg"), b"age < 30", Path("vip.seg"))])
    """
    # A link stays what it is.
    steps = [_Step(each.path.resolve(), each.to.parent.resolve() / each.to.name, each) for each in changes]
    at = steps[0] if steps else None
    try:
        # What takes room is done before anything is changed.
        for at in steps:
            at.begin()
        for at in steps:
            at.finish()
    except BaseException as error:
        for each in reversed(steps):
            each.undo()
        if isinstance(error, OSError) and at is not None:
            why = (error.strerror or str(error)).lower()
            raise SegqlError([output_failed(str(at.change.to), why)]) from None
        raise
    finally:
        for each in steps:
            each.tidy()


@dataclass(slots=True)
class _Step:
    source: Path
    target: Path
    change: Change
    is_done: bool = False

    @property
    def begun(self) -> Path:
        return self.target.with_name(f".{self.target.name}.{os.getpid()}.segql")

    @property
    def before(self) -> Path:
        return self.source.with_name(f".{self.source.name}.{os.getpid()}.before.segql")

    def begin(self) -> None:
        refuse_protected(self.source)
        shutil.copy2(self.source, self.before)
        self.begun.write_bytes(self.change.data)
        shutil.copymode(self.source, self.begun)

    def finish(self) -> None:
        if self.target != self.source and self.target.exists():
            raise FileExistsError(17, "there is such a file already")
        self.is_done = True
        self.begun.replace(self.target)
        if self.target != self.source:
            self.source.unlink()

    def undo(self) -> None:
        if self.is_done:
            if self.target != self.source:
                self.target.unlink(missing_ok=True)
            self.before.replace(self.source)

    def tidy(self) -> None:
        for each in (self.begun, self.before):
            with suppress(OSError):
                each.unlink(missing_ok=True)


def edited(text: str, edits: Sequence[Edit]) -> str:
    r"""Return a file's text with edits made, all else as it is; places in it count as in the source made of it.

    Example:
        >>> from segql.source import Source
        >>> span = Source.of("a.seg", "x\nage < 30").span(2, 5)
        >>> edited("\ufeffx\r\nage < 30\r\n", [Edit(span, "years")])
        '\ufeffx\r\nyears < 30\r\n'
    """
    place = list(_places(text))
    parts: list[str] = []
    end = 0
    for each in edits:
        parts += [text[end : place[each.span.start]], each.text]
        end = place[each.span.end]
    return "".join([*parts, text[end:]])


def _places(text: str) -> Iterator[int]:
    """Yield where each letter of the source stands in the file, and where the file ends."""
    for at, letter in enumerate(text):
        is_mark = at == 0 and letter == "\ufeff"
        is_first_of_two = letter == "\r" and text[at + 1 : at + 2] == "\n"
        if not (is_mark or is_first_of_two):
            yield at
    yield len(text)
