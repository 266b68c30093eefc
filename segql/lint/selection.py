"""Which rules are asked, how grave their findings are, and with which settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeAlias

from segql.diagnostics import Diagnostic, Severity, nearest
from segql.lint import errors
from segql.lint.rule import Group, Rule, Setting
from segql.lint.rules import RULES
from segql.source import Span

# The names of a setting and of the tables around it, below `[lint]`.
Way: TypeAlias = tuple[str, ...]

# Words that stand for rules beside codes, names and groups.
DEFAULT = "default"
ALL = "all"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project, or whoever asks, says about rules; rules are named by code, name, prefix of codes, or group.

    `select` are the rules to ask, and `ignore` those of them that are left out. `severity` and `options` are of single
    rules. `exempt` names rules that say nothing about what a key stands for: the path of a file below the project with
    `*` and `**`, `tag:NAME` or `owner:NAME`; whoever knows paths resolves those (see `workspace/linting.py`).

    Example:
        Settings(select=("default", "missing-owner"), ignore=("L6",))
    """

    select: tuple[str, ...] = (DEFAULT,)
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    exempt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Places(Protocol):
    """Where settings were written; None for what was written nowhere."""

    def key(self, path: Way, /) -> Span | None:
        """Return the place of the last name of a setting."""

    def value(self, path: Way, /) -> Span | None:
        """Return the place of the value of a setting."""

    def item(self, path: Way, text: str, /) -> Span | None:
        """Return the place of a text in the list that a setting is."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Settings with every rule looked up: what is asked, in order of codes, how grave it is, and the options."""

    rules: tuple[Rule, ...]
    severity: Mapping[str, Severity]
    options: Mapping[str, Mapping[str, Setting]]
    exempt: Mapping[str, frozenset[str]]


def matching(selector: str) -> tuple[Rule, ...]:
    """Return the rules that a code, a name, the beginning of codes, a group, `default` or `all` stands for.

    Example:
        >>> [each.name for each in matching("L101")]
        ['duplicate-condition']
        >>> matching("L999")
        ()
    """
    wanted = selector.strip().casefold()
    if wanted == DEFAULT:
        return tuple(each for each in RULES if each.is_on)
    if wanted == ALL:
        return RULES
    if wanted in set(Group):
        return tuple(each for each in RULES if each.group == wanted)
    exact = tuple(each for each in RULES if wanted in {each.code.casefold(), each.name})
    is_prefix = wanted[:1] == "l" and (wanted == "l" or wanted[1:].isdigit())
    return exact or tuple(each for each in RULES if is_prefix and each.code.casefold().startswith(wanted))


def selected(settings: Settings, places: Places | None = None) -> tuple[Selection, list[Diagnostic]]:
    """Look up every rule that settings name, and return what is not known with them, at the places they have."""
    places = places or _Nowhere()
    problems: list[Diagnostic] = []

    def codes(selector: str, place: Callable[[], Span | None]) -> frozenset[str]:
        rules = matching(selector)
        if not rules:
            problems.append(errors.unknown_rule(place(), selector, nearest(selector, names())))
        return frozenset(rule.code for rule in rules)

    def listed(selectors: Iterable[str], *path: str) -> frozenset[str]:
        return frozenset().union(*(codes(each, partial(places.item, path, each)) for each in selectors))

    asked = listed(settings.select, "select") - listed(settings.ignore, "ignore")
    severity = {rule.code: rule.severity for rule in RULES}
    for selector, word in settings.severity.items():
        if word not in set(Severity):
            place = places.value(("severity", selector))
            problems.append(errors.wrong_option(place, f"severity.{selector}", word, "`error` or `warning`"))
            continue
        named = codes(selector, partial(places.key, ("severity", selector)))
        severity |= dict.fromkeys(named, Severity(word))
    options, wrong = _options(settings.options, places)
    problems += wrong
    exempt = {where: listed(rules, "exempt", where) for where, rules in settings.exempt.items()}
    rules = tuple(each for each in RULES if each.code in asked)
    return Selection(rules, severity, options, exempt), problems


def names() -> list[str]:
    """Return every word that stands for rules: codes, names, groups, `default` and `all`."""
    return [word for each in RULES for word in (each.code, each.name)] + [*Group, DEFAULT, ALL]


class _Nowhere:
    def key(self, _path: Way, /) -> None:
        return None

    def value(self, _path: Way, /) -> None:
        return None

    def item(self, _path: Way, _text: str, /) -> None:
        return None


def _options(
    given: Mapping[str, Mapping[str, Any]], places: Places
) -> tuple[dict[str, Mapping[str, Setting]], list[Diagnostic]]:
    problems: list[Diagnostic] = []
    made: dict[str, dict[str, Setting]] = {each.name: dict(each.settings) for each in RULES}
    for selector, values in given.items():
        rule = next((each for each in RULES if selector.casefold() in {each.code.casefold(), each.name}), None)
        if rule is None:
            # Settings are those of one rule, which a group is not.
            single = [word for each in RULES for word in (each.code, each.name)]
            place = places.key(("rules", selector))
            problems.append(errors.unknown_rule(place, selector, nearest(selector, single)))
            continue
        for name, value in values.items():
            path = ("rules", selector, name)
            default = rule.settings.get(name)
            if default is None:
                problems.append(errors.unknown_option(places.key(path), rule.name, name, sorted(rule.settings)))
                continue
            fitting = _fitting(value, default)
            needed = _told(default) if fitting is None else rule.checks[name](fitting) if name in rule.checks else ""
            if needed:
                wanted = f"rules.{rule.name}.{name}"
                problems.append(errors.wrong_option(places.value(path), wanted, value, needed))
            elif fitting is not None:
                made[rule.name][name] = fitting
    return dict(made), problems


def _fitting(value: object, default: Setting) -> Setting | None:
    """Return a value of the kind that the default has, or None where it is of another."""
    match default:
        case bool():
            return value if isinstance(value, bool) else None
        case int():
            return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
        case str():
            return value if isinstance(value, str) else None
        case tuple():
            is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
            return tuple(value) if is_list and isinstance(value, list) else None


def _told(default: Setting) -> str:
    match default:
        case bool():
            return "`true` or `false`"
        case int():
            return "a whole number, 0 or more"
        case str():
            return "a text in quotes"
        case tuple():
            return 'a list of texts, like `["email"]`'
