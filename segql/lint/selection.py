"""Which rules are asked, how grave their findings are, and with which settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from segql.diagnostics import Diagnostic, Severity, nearest
from segql.lint import errors
from segql.lint.rule import Group, Rule, Setting
from segql.lint.rules import RULES
from segql.source import Span

# Where a setting of the linter is said, by its path; None where nobody knows.
Place: TypeAlias = Callable[[tuple[str, ...]], Span | None]

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


def _nowhere(path: tuple[str, ...]) -> None:  # noqa: ARG001
    return None


def selected(settings: Settings, place: Place = _nowhere) -> tuple[Selection, list[Diagnostic]]:
    """Look up every rule that settings name, and return what is not known with them."""
    problems: list[Diagnostic] = []

    def codes(selectors: Iterable[str], *path: str) -> frozenset[str]:
        found: set[str] = set()
        for each in selectors:
            rules = matching(each)
            if not rules:
                problems.append(errors.unknown_rule(place(path), each, nearest(each, names())))
            found |= {rule.code for rule in rules}
        return frozenset(found)

    asked = codes(settings.select, "select") - codes(settings.ignore, "ignore")
    severity = {rule.code: rule.severity for rule in RULES}
    for selector, word in settings.severity.items():
        if word not in set(Severity):
            wrong_word = errors.wrong_option(
                place(("severity", selector)), f"severity.{selector}", word, "`error` or `warning`"
            )
            problems.append(wrong_word)
            continue
        severity |= dict.fromkeys(codes([selector], "severity", selector), Severity(word))
    options, wrong = _options(settings.options, place)
    problems += wrong
    exempt = {where: codes(rules, "exempt", where) for where, rules in settings.exempt.items()}
    rules = tuple(each for each in RULES if each.code in asked)
    return Selection(rules, severity, options, exempt), problems


def names() -> list[str]:
    """Return every word that stands for rules: codes, names, groups, `default` and `all`."""
    return [word for each in RULES for word in (each.code, each.name)] + [*Group, DEFAULT, ALL]


def _options(
    given: Mapping[str, Mapping[str, Any]], place: Place
) -> tuple[dict[str, Mapping[str, Setting]], list[Diagnostic]]:
    problems: list[Diagnostic] = []
    made: dict[str, dict[str, Setting]] = {each.name: dict(each.settings) for each in RULES}
    for selector, values in given.items():
        rule = next((each for each in RULES if selector.casefold() in {each.code.casefold(), each.name}), None)
        if rule is None:
            problems.append(errors.unknown_rule(place(("rules", selector)), selector, nearest(selector, names())))
            continue
        for name, value in values.items():
            default, span = rule.settings.get(name), place(("rules", selector, name))
            if default is None:
                problems.append(errors.unknown_option(span, rule.name, name, sorted(rule.settings)))
                continue
            fitting = _fitting(value, default)
            needed = _told(default) if fitting is None else rule.checks[name](fitting) if name in rule.checks else ""
            if needed:
                problems.append(errors.wrong_option(span, f"rules.{rule.name}.{name}", value, needed))
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
