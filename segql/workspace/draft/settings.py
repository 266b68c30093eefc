"""The settings of a new project: where the data is, and never a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from segql.workspace.config import Connection

# Options of a URL whose values are secrets; the path of a file with a key is none.
_SECRET = re.compile(r"(?i)(?<=[?&])([^=&]*(?:pass|pwd|token|secret|api_?key|access_?key|credential)[^=&]*)=([^&#]*)")
_REFERENCE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A connection as it may be written, and the variables that hold its secrets, with what stands for each.

    A variable that was given as one is not among them: whoever gave it has set it.
    """

    connection: Connection
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def kept(url: str) -> Kept:
    """Return a connection without the secrets of its URL: they are to stand in environment variables.

    Example:
        >>> kept("postgresql://ada:s3cret@db/shop").connection.password_env
        'SHOP_PASSWORD'
    """
    parts = urlsplit(url)
    place = re.sub(r"\W", "_", unquote(parts.path.strip("/").split("/")[-1])).upper() or "DATABASE"
    prefix = place if place[0].isalpha() else f"DB_{place}"
    secrets: dict[str, str] = {}
    user, at, host = parts.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    variable = None
    if colon and password:
        given = _REFERENCE.fullmatch(password)
        variable = given[1] if given else f"{prefix}_PASSWORD"
        if not given:
            secrets[variable] = unquote(password)

    def hidden(found: re.Match[str]) -> str:
        if _REFERENCE.fullmatch(found[2]) or not found[2]:
            return found[0]
        option = f"{prefix}_{re.sub(r'[^0-9A-Za-z]', '_', found[1]).upper()}"
        secrets[option] = found[2]
        return f"{found[1]}=${{{option}}}"

    bare = urlunsplit(parts._replace(netloc=f"{name}{at}{host}")) if variable else url
    return Kept(Connection(_SECRET.sub(hidden, bare), variable), secrets)


def shown(source: str) -> str:
    """Return what was named to draft from as a message can say it.

    Example:
        >>> shown("postgresql://ada:s3cret@db/shop")
        'postgresql://ada@db/shop'
    """
    return kept(source).connection.url if "://" in source else source


def settings_text(connection: Kept | None) -> str:
    """Return the text of `segql.toml`; None stands for files alone.

    Example:
        >>> "timezone" in settings_text(None)
        True
    """
    lines = [
        "# Days, weeks and months begin at midnight here.",
        'timezone = "UTC"',
        "",
        "# The instant to ask for, if it is not the moment of the run.",
        '# as_of = "2026-01-01"',
    ]
    if connection is not None:
        url, variable = connection.connection.url, connection.connection.password_env
        escaped = url.replace("\\", "\\\\").replace('"', '\\"')
        lines += ["", "[connections.default]", f'url = "{escaped}"']
        if variable is not None:
            lines += [
                "# The password is read from this environment variable, so that it stands in no file.",
                f'password_env = "{variable}"',
            ]
    return "\n".join(lines) + "\n"
