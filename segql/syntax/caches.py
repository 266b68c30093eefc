"""The user's own folder for what can be made again: the parser's tables, and what files said."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder(name: str = "") -> Path | None:
    """Return the folder, or one of that name inside it, made if need be; None where the user has none to write to.

    Example:
        cache_folder("parsed")
    """
    try:
        folder = _caches() / "segql"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder / name


def _caches() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
