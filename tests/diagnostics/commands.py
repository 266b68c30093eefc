"""Workflow commands, read as GitHub's runner reads them."""

from __future__ import annotations

from dataclasses import dataclass, field

_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


@dataclass(frozen=True, slots=True)
class Command:
    """A command, its properties, and its data."""

    name: str
    data: str
    properties: dict[str, str] = field(default_factory=dict)


def commands(output: str) -> list[Command]:
    """Return the commands in the output of a step, a line each; other lines are only shown."""
    return [each for line in output.split("\n") if (each := _command(line.removesuffix("\r"))) is not None]


def _command(line: str) -> Command | None:
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    head, data = line[2:].split("::", 1)
    name, _, told = head.partition(" ")
    if name not in {"error", "warning", "notice"}:
        return None
    pairs = (each.split("=", 1) for each in told.strip().split(",") if each)
    properties = {pair[0]: _unescaped(pair[1], _PROPERTY) for pair in pairs if len(pair) == 2}
    return Command(name, _unescaped(data, _DATA), properties)


def _unescaped(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    # In this order: the sign that escapes comes last.
    for escaped, letter in pairs:
        text = text.replace(escaped, letter)
    return text
