"""Where an answer goes: standard output, or a file that is whole or not there at all."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from segql.diagnostics import SegqlError
from segql.run.errors import output_failed

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


@contextmanager
def opened(path: Path | None, *, is_chosen: bool = False) -> Iterator[IO[bytes]]:
    r"""Open standard output, or a file that takes its place only when all of it is written.

    `is_chosen`: whoever gave the command chose the place with `--output`, and may choose another.

    Raises:
        SegqlError: the file cannot be written.

    Example:
        with opened(Path("vip.csv")) as sink:
                sink.write(b"customer_id\n")
    """
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    # A device or a pipe is written to, not replaced.
    if path.exists() and not path.is_file():
        with _told(path, is_chosen=is_chosen), path.open("wb") as sink:
            yield sink
        return
    # A link stays what it is.
    target = path.resolve()
    # On the same disk, so that the last step is one that happens or does not.
    begun = target.with_name(f".{target.name}.{os.getpid()}.segql")
    try:
        with _told(path, is_chosen=is_chosen):
            refuse_protected(target)
            with begun.open("wb") as sink:
                yield sink
            if target.exists():
                shutil.copymode(target, begun)
            begun.replace(target)
    finally:
        begun.unlink(missing_ok=True)


def refuse_protected(path: Path) -> None:
    """Raise where a file is not to be written to: another would otherwise take its place, as its folder allows.

    Raises:
        PermissionError: nobody may write to it, or we may not.
    """
    if path.exists() and not (path.stat().st_mode & _WRITABLE and os.access(path, os.W_OK)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextmanager
def _told(path: Path, *, is_chosen: bool) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        raise SegqlError([output_failed(str(shown), why, is_chosen=is_chosen)]) from None
