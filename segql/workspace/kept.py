"""What the files of a project said when they were last read, so that what has not changed is not parsed again.

It is kept in the user's cache folder, one file a project. Only files without mistakes are kept, and what is kept counts
only for the same name, the same text and the same parser. What cannot be read is as good as missing.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
import zlib
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

import segql
from segql.source import Source
from segql.syntax import Parsed, ast, parse
from segql.syntax.caches import cache_folder
from segql.version import VERSION

# A project of a hundred thousand segments takes this much; what is larger is parsed each time.
_BYTES_MOST = 128 * 2**20
_PROJECTS_MOST = 50

# What a kept file may be made of; whatever it holds, it makes nothing else.
_NODES = "segql.syntax.ast"
_OTHERS = frozenset(
    {
        ("segql.syntax.parser", "Parsed"),
        ("segql.source", "Source"),
        ("segql.source", "Span"),
        ("segql.tree", "_rebuilt"),
        ("decimal", "Decimal"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
    }
)


class Kept:
    """What the files of a project said, by the names of the files, and how it is found again.

    Example:
        kept = Kept(root, files)
        compiler.check(sources, read=kept.read)
        kept.save()
    """

    def __init__(self, root: Path, files: Collection[str]) -> None:
        self._files = files
        folder = cache_folder("parsed")
        told = "".join(letter if letter.isalnum() else "-" for letter in str(root))[-100:]
        # Two folders may be told in one way; the number keeps them apart.
        self._path = None if folder is None else folder / f"{told}-{zlib.crc32(os.fsencode(root)):08x}.bin"
        self._parser = _parser()
        self._before = self._loaded()
        self._now: dict[str, bytes] = {}
        self._is_new = False

    def read(self, source: Source) -> Parsed:
        """Return what a source says, as `parse` does; what was typed is never kept."""
        if source.name not in self._files:
            return parse(source)
        found, told = None, self._before.get(source.name)
        if told is not None:
            try:
                found = _unpickled(told)
            except Exception:  # noqa: BLE001 (what is damaged can raise anything)
                found = None
        if told is not None and isinstance(found, Parsed) and found.source == source:
            self._now[source.name] = told
            return found
        parsed = parse(source)
        if not (parsed.diagnostics or parsed.broken or parsed.damaged):
            self._now[source.name] = pickle.dumps(parsed, pickle.HIGHEST_PROTOCOL)
            self._is_new = True
        return parsed

    def save(self) -> None:
        """Keep what was read, if some of it is new; nothing is said where that fails."""
        if self._path is None or not self._is_new:
            return
        told = pickle.dumps((self._parser, self._now), pickle.HIGHEST_PROTOCOL)
        if len(told) > _BYTES_MOST:
            return
        # Who reads meanwhile finds the old file or the new one, whole; of two who write, the last one's stays.
        own = self._path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            own.write_bytes(zlib.crc32(told).to_bytes(4, "big") + told)
            own.replace(self._path)
            _leave_out_oldest(self._path.parent)

    def _loaded(self) -> dict[str, bytes]:
        if self._path is None:
            return {}
        try:
            told = memoryview(self._path.read_bytes())
            if zlib.crc32(told[4:]) != int.from_bytes(told[:4], "big"):
                return {}
            parser, found = _unpickled(told[4:])
        except Exception:  # noqa: BLE001 (see above; mostly there is no file yet)
            return {}
        return found if parser == self._parser and isinstance(found, dict) else {}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _OTHERS or (module == _NODES and name in vars(ast)):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is nothing that is kept")


def _unpickled(told: bytes | memoryview) -> Any:
    return _Unpickler(io.BytesIO(told)).load()


def _parser() -> tuple[object, ...]:
    """Return what tells one parser from another: the version, and the files, which a checkout changes."""
    package = Path(segql.__file__).parent
    folders = [package / "syntax", package / "syntax" / "build", package / "syntax" / "mending"]
    folders += [each for each in (package / "_grammar", package.parent / "grammar") if each.is_dir()]
    files = [package / "source.py", package / "tree.py"]
    files += [file for each in folders for file in each.iterdir() if file.suffix in {".py", ".lark"}]
    states = [(str(each), each.stat()) for each in sorted(files)]
    return (VERSION, sys.version, *((name, found.st_size, found.st_mtime_ns) for name, found in states))


def _leave_out_oldest(folder: Path) -> None:
    """Take away what was written first, where there is too much, and so what a killed process left."""
    written = sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime_ns)
    for each in written[:-_PROJECTS_MOST]:
        each.unlink(missing_ok=True)
