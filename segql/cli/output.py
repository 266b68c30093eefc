"""Where an answer goes: standard output, or a file that is whole or not there at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from segql.diagnostics import SegqlError
from segql.run.errors import output_failed


@contextmanager
def opened(path: Path | None) -> Iterator[IO[bytes]]:
    r"""Open standard output, or a file that takes its place only when all of it is written.

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
        with _told(path), path.open("wb") as sink:
            yield sink
        return
    # A link stays what it is.
    target = path.resolve()
    # On the same disk, so that the last step is one that happens or does not.
    begun = target.with_name(f".{target.name}.{os.getpid()}.segql")
    try:
        with _told(path):
            with begun.open("wb") as sink:
                yield sink
            if target.exists():
                shutil.copymode(target, begun)
            begun.replace(target)
    finally:
        begun.unlink(missing_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise SegqlError([output_failed(str(path), why)]) from None
