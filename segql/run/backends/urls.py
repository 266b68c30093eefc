"""URLs of database servers, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from segql.run.backends.backend import Target


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL says: `path` holds its parts, `options` what stands after `?`."""

    host: str
    port: int | None
    user: str | None
    password: str | None = field(repr=False)
    path: tuple[str, ...]
    options: dict[str, str] = field(repr=False)


def address(target: Target, form: str, parts: tuple[int, int], known: frozenset[str]) -> Address:
    """Return the address of a target whose URL has so many parts after its host, at least and at most.

    The password of the target goes before that of its URL.

    Raises:
        ValueError: the URL is of another form, or has an option that is not known; the text says so.

    Example:
        >>> from pathlib import Path
        >>> found = address(Target("trino://ada@db:8080/hive/shop", Path()), "trino://…", (1, 2), frozenset())
        >>> found.host, found.port, found.path
        ('db', 8080, ('hive', 'shop'))
    """
    split = urlsplit(target.url or "")
    path = tuple(unquote(each) for each in split.path.split("/") if each)
    least, most = parts
    if not split.hostname or not least <= len(path) <= most or split.fragment:
        raise ValueError(f"needs the form {form}")
    options = dict(parse_qsl(split.query))
    for each in options:
        if each not in known:
            told = ", ".join(f"`{name}`" for name in sorted(known)) or "none"
            raise ValueError(f"has an option `{each}`; known are {told}")
    password = target.password
    if password is None and split.password is not None:
        password = unquote(split.password)
    user = unquote(split.username) if split.username else None
    return Address(split.hostname, _port(split, form), user, password, path, options)


def _port(split: SplitResult, form: str) -> int | None:
    try:
        return split.port
    except ValueError:
        raise ValueError(f"needs the form {form}") from None
