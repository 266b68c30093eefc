"""Whatever a command raises, as diagnostics."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from segql.diagnostics import Diagnostic, SegqlError

# What the system says where nothing more can be written.
_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO}
# What it says where somebody may not look.
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def is_ours(error: Exception) -> bool:
    """Say whether an exception is a mistake in segql: not that of whoever wrote the input, nor of the system.

    Example:
        >>> [is_ours(each) for each in (KeyError("age"), PermissionError(13, "Permission denied", "a.seg"))]
        [True, False]
    """
    if isinstance(error, OSError):
        return not (error.errno in _FULL or _is_closed(error))
    return not isinstance(error, SegqlError)


def told_of(error: Exception) -> Sequence[Diagnostic]:
    """Return what an exception stands for; one that nobody thought of is a mistake in segql.

    Example:
        >>> told_of(ZeroDivisionError("a part is missing"))[0].message
        'internal error: ZeroDivisionError: a part is missing'
    """
    if isinstance(error, SegqlError):
        return error.diagnostics
    from segql.workspace import errors  # noqa: PLC0415 (only a failure needs these, here and below)

    if isinstance(error, OSError) and error.errno in _FULL:
        from segql.run.errors import output_failed  # noqa: PLC0415

        return [output_failed("standard output", os.strerror(error.errno).lower())]
    if isinstance(error, OSError) and _is_closed(error):
        return [errors.unreadable_source(os.fsdecode(error.filename), (error.strerror or str(error)).lower())]
    return [errors.internal(type(error).__name__, str(error).split("\n")[0])]


def _is_closed(error: OSError) -> bool:
    # Without a name it is no file of the project's.
    return error.errno in _CLOSED and isinstance(error.filename, str | bytes)
