"""Words that SQL, programming languages and plain English have for what this language says in one way."""

from __future__ import annotations

import re

from segql.diagnostics import Diagnostic
from segql.source import Span
from segql.syntax import errors
from segql.syntax.mending.habit import Habit
from segql.syntax.mending.mend import HOLE

_AFTER = "(?![\\w])"
_TEXT = r"(?:\"[^\"\n]*\"|'[^'\n]*')"
_NOT_ = r"(?:does\s+not|doesn[’']?t|do\s+not|don[’']?t|not)"
_IS = r"(?:is\s+|are\s+)?"
_OR_EQUAL = r"(?:\s+or\s+(?:equals?(?:\s+to)?|the\s+same))"

_COMPARES = "values are compared with `=`, `!=`, `<`, `<=`, `>` and `>=`"
_CONTAINS = "a text is asked with `contains`, `starts with`, `ends with`, `like` and `matches`"
_JOINED = "conditions are joined with `and` and `or`"
_NAMED = "a named condition is declared: `segment` and its name, and under it, indented, `where` and the condition"
_MISSING = "a value is `missing` or `known`"
_ONLY_CONDITION = "only the condition is written, what would stand after `where`"


def _pattern(found: re.Match[str]) -> str:
    return "matches /" + found["pattern"].replace("/", "\\/") + "/"


def _without_fix(span: Span, _ours: str, why: str) -> Diagnostic:
    return errors.foreign_spelling(span, HOLE, why)


def _periods(found: re.Match[str]) -> str:
    count = max(1, int(found["all"]) // int(found["length"]))
    return f"in at least {count} of the last {count} periods of {found['length']} {found['unit']}s"


def _at_least(found: re.Match[str]) -> str:
    count = re.search(r"\d+", found["at"])
    assert count is not None
    return f"at least {count[0]} of the last"


# The order counts: the longer spelling stands before one that it holds.
WORDS: tuple[Habit, ...] = (
    # ── the latest of several ─────────────────────────────────────────────────────────────────────────────────────────
    Habit(
        r"(?<!in )(?<!the )\b(?P<at>(?:last|latest|most\s+recent)\s+(?!\d|(?:day|week|month|quarter|year)s?\b)"
        r"(?P<what>[^\W\d]\w*(?:\.\w+)?))(?![\w.]|\s*\()(?=\s*(?:[<>=!)]|$)|\s+(?:in|is|and|or|more|since|before|within)\b)",
        r"last(\g<what>)",
        "the latest of several is taken with `last(…)`",
    ),
    Habit(
        r"days\s+since\s+(?P<at>first\s+(?P<what>[^\W\d]\w*))(?!\s*\()",
        r"first(\g<what>)",
        "the earliest of several is taken with `first(…)`",
    ),
    Habit(
        r"^\s*(?P<at>did\s+)first\s+(?!.*\bthen\b).*",
        "",
        "the first ever is asked without `did`, as in `first purchase in last 7 days`",
    ),
    Habit(
        r"every\s+(?P<length>[1-9]\d?)\s+(?P<unit>day|week|month|quarter|year)s\s+for\s+(?P<all>\d{1,3})\s+(?P=unit)s"
        + _AFTER,
        _periods,
        "periods of several are counted, as in `in at least 4 of the last 4 periods of 2 weeks`",
    ),
    Habit(r"(?P<at>joined|came\s+into)\s+segment" + _AFTER, "entered", "who came into a segment has `entered` it"),
    Habit(
        r"(?P<at>every\s+(?:\d+\s+)?(?P<unit>day|week|month|quarter|year)s?)(?!\s+for\b)" + _AFTER,
        r"every \g<unit> for 8 \g<unit>s",
        "a rhythm says for how long, as in `every week for 8 weeks`",
        _without_fix,
    ),
    # ── order ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"then\s+(?P<at>did\s+not)" + _AFTER, "not", "`did` stands once, before the first step"),
    Habit(r"then\s+(?P<at>did\s+)(?!not\b)", "", "`did` stands once, before the first step"),
    Habit(
        r"did\s+(?P<at>not\s+)[^()]*?\bthen\b",
        HOLE,
        "that a sequence did not happen is written `not (did … then …)`; `then not` asks what did not follow",
        _without_fix,
    ),
    Habit(
        r"then\s+(?P<at>no\s+)[^\W\d]\w*(?=\s*(?:$|\)|and\b|or\b|within\b))",
        "not ",
        "what did not follow is written `then not … within 7 days`",
    ),
    Habit(
        r"then\s+(?P<at>(?P<step>(?!not\b|no\b)[^\W\d]\w*)\s+immediately)" + _AFTER,
        r"immediately \g<step>",
        "`immediately` stands before the step",
    ),
    Habit(
        r"then\s+(?P<at>(?P<time>within\s+\d+\s*[a-z]+)\s+(?P<step>(?!after\b|before\b|of\b)[^\W\d]\w*))",
        r"\g<step> \g<time>",
        "the time stands behind its step",
    ),
    Habit(
        r"then\s+[^\W\d]\w*\s+(?P<at>in\s+(?=\d))",
        "within ",
        "the time since the step before is written `within`",
    ),
    # ── among everyone ───────────────────────────────────────────────────────────────────────────────────────────────
    Habit(
        r"in\s+(?:top|bottom)\s+(?P<at>\d+)(?![\d%.])",
        r"\g<at>%",
        "a share has its sign; of a number of people, compare `rank(…)`",
    ),
    Habit(r"rank\s*\([^()]*?(?P<at>\s*,\s*within|\s*,?\s*by)" + _AFTER, " within", "the group stands behind `within`"),
    Habit(
        r"(?P<end>top|bottom)\s+(?P<share>\d+(?:\.\d+)?%)\s+(?:of|by)\s+(?P<what>[^\W\d]\w*)",
        r"\g<what> in \g<end> \g<share>",
        "the value stands first",
    ),
    Habit(
        r"(?<!in )(?P<at>also\s+[^\W\d]\w*\s+with)" + _AFTER,
        r"in \g<at>",
        "what goes together is a set, asked with `in`",
    ),
    Habit(
        r"(?P<at>entered|left)(?=\s+(?!segment\b)[^\W\d])", r"\g<at> segment", "who came or went is asked of a segment"
    ),
    # ── other instants ───────────────────────────────────────────────────────────────────────────────────────────────
    Habit(
        r"as\s+of\s+(?P<at>last\s+(?P<unit>day|week|month|quarter|year))" + _AFTER,
        r"1 \g<unit> ago",
        "an instant is written `1 month ago` or as a date",
    ),
    # ── rhythm ───────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(
        r"(?P<at>each)\s+(?:day|week|month|quarter|year)\s+for" + _AFTER,
        "every",
        "a rhythm is written `every week for 8 weeks`",
    ),
    Habit(
        r"in\s+(?P<at>(?:at\s+least\s+)?\d+\s+of\s+(?:the\s+)?last)" + _AFTER,
        _at_least,
        "so many of the last periods are written `at least 3 of the last 4 weeks`",
    ),
    # ── a whole statement ────────────────────────────────────────────────────────────────────────────────────────────
    Habit(
        r"(?:not\s+)?exists\s*\(\s*select\b[^()]*\)",
        HOLE,
        "events are asked with `did purchase where (…)`, rows with `any subscription where (…)`",
    ),
    Habit(
        r"[\w.]+\s+(?:not\s+)?in\s*\(\s*select\b[^()]*\)",
        HOLE,
        "members of another segment are asked with `in segment …`, events with `did …`",
    ),
    Habit(r"select\b(?:(?!\bselect\b)[^\"'])*?\bwhere\s+", "", _ONLY_CONDITION),
    Habit(r"select\b[^;\"']*", HOLE, _ONLY_CONDITION + "; everyone is written `everyone`"),
    Habit(r"case\s+when\b.*?\bend" + _AFTER, HOLE, "write the condition itself; `and`, `or` and `not` join conditions"),
    Habit(
        r"case\s+\w+\s+when\b.*?\bend" + _AFTER, HOLE, "write the condition itself; `in (…)` asks for several values"
    ),
    Habit(
        r"(?:everyone|everybody|all|customers|people|users|members)\s+(?:who|that|which|with)\b[^\n]*",
        HOLE,
        "a condition names fields and events, as in `age < 30 and did purchase in last 90 days`",
    ),
    Habit(r"(?:everyone|everybody|customers|people|users|members)[ \t]+where[ \t]+", "", _ONLY_CONDITION),
    Habit(r"^\s*(?P<at>where\s+)(?=[\w(\"'`])", "", "a bare condition has no word before it"),
    Habit(r"^\s*(?P<at>(?:if|when|filter)\s+)(?=[\w\"'`])", "", "a bare condition has no word before it"),
    Habit(r"^\s*(?P<at>[^\W\d]\w*\s*:=\s*)", "", _NAMED),
    Habit(r"group\s+by\s+[\w.]+(?:\s*,\s*[\w.]+)*", "", "`count(purchase)` is per member already"),
    Habit(
        r"order\s+by\s+[\w.]+(?:\s+(?:asc|desc))?(?:\s*,\s*[\w.]+(?:\s+(?:asc|desc))?)*", "", "a segment has no order"
    ),
    Habit(r"limit\s+\d+", "", "a segment has no limit; `segql run --limit` shows its first members"),
    Habit(r"having" + _AFTER, "and", "conditions about sums and counts are conditions like any other"),
    # ── missing ──────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"is\s+not\s+(?:empty|blank|unknown|nothing|undefined|none|nan|na)" + _AFTER, "is known", _MISSING),
    Habit(r"is\s+(?:empty|blank|unknown|nothing|undefined|none|nan|na)" + _AFTER, "is missing", _MISSING),
    Habit(r"(?:notnull|not\s+null|is\s+(?:set|present|filled|given|there))" + _AFTER, "is known", _MISSING),
    Habit(r"(?:isnull|is\s+not\s+(?:set|present|filled|given|there))" + _AFTER, "is missing", _MISSING),
    # ── searching in texts ───────────────────────────────────────────────────────────────────────────────────────────
    Habit(_NOT_ + r"\s+(?:contains?|includes?)" + _AFTER, "not contains", _CONTAINS),
    Habit(_NOT_ + r"\s+(?:starts?|begins?)\s+with" + _AFTER, "not starts with", _CONTAINS),
    Habit(_NOT_ + r"\s+ends?\s+with" + _AFTER, "not ends with", _CONTAINS),
    Habit(_NOT_ + r"\s+match(?:es)?" + _AFTER, "not matches", _CONTAINS),
    Habit(_NOT_ + r"\s+have" + _AFTER, "not has", "a list is asked with `has`"),
    Habit(_NOT_ + r"\s+equals?(?:\s+to)?" + _AFTER, "!=", _COMPARES),
    Habit(r"(?:contain|includes?|containing|including)" + _AFTER, "contains", _CONTAINS),
    Habit(
        r"(?:start|begin|begins|starting|beginning)\s+with" + _AFTER + r"|startswith|beginswith",
        "starts with",
        _CONTAINS,
    ),
    Habit(r"(?:end|ending)\s+with" + _AFTER + r"|endswith", "ends with", _CONTAINS),
    Habit(
        r"(contains|starts\s+with|ends\s+with|matches|like|has|in)\s+not" + _AFTER,
        r"not \1",
        "`not` stands before the word",
    ),
    Habit(
        r"ilike\s+(?:\"%?([^\"%\n]*)%?\"|'%?([^'%\n]*)%?')",
        lambda found: f'contains "{found[1] or found[2] or ""}" ignoring case',
        _CONTAINS,
    ),
    Habit(
        r"(?:~\*?|=~|rlike|regexp|similar\s+to)\s*(?P<quote>[\"'])(?P<pattern>[^\"'\n]*)(?P=quote)",
        _pattern,
        "a pattern stands between slashes",
    ),
    Habit(r"\.\s*(?:includes|contains)\s*\(([^()\n]*)\)", r" contains \1", _CONTAINS),
    Habit(r"\.\s*starts_?with\s*\(([^()\n]*)\)", r" starts with \1", _CONTAINS),
    Habit(r"\.\s*ends_?with\s*\(([^()\n]*)\)", r" ends with \1", _CONTAINS),
    Habit(r"([\w.]+)\.\s*to(?:_?lower(?:case)?)\s*\(\s*\)", r"lower(\1)", "a function stands before what it works on"),
    Habit(r"([\w.]+)\.\s*to(?:_?upper(?:case)?)\s*\(\s*\)", r"upper(\1)", "a function stands before what it works on"),
    Habit(r"([\w.]+)\s+not(?=\s*(?:[<>=]|!=))", r"not \1", "`not` stands before the comparison"),
    # ── comparing ────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(_IS + r"(?:greater|more|bigger|larger|higher|older)\s+than" + _OR_EQUAL + _AFTER, ">=", _COMPARES),
    Habit(_IS + r"(?:less|fewer|smaller|lower|younger)\s+than" + _OR_EQUAL + _AFTER, "<=", _COMPARES),
    Habit(
        _IS
        + r"(?:(?:greater|more|bigger|larger|higher|older)\s+than|over|above|exceeds)"
        + _AFTER
        + r"(?!\s+\d+\s*(?:times|x|ago|second|minute|hour|day|week|month|quarter|year))",
        ">",
        _COMPARES,
    ),
    Habit(
        _IS
        + r"(?:(?:less|fewer|smaller|lower|younger)\s+than|under|below)"
        + _AFTER
        + r"(?!\s+\d+\s*(?:times|x|ago|second|minute|hour|day|week|month|quarter|year))",
        "<",
        _COMPARES,
    ),
    Habit(r"is\s+at\s+least" + _AFTER + r"|at\s+least(?=\s+[\d\"'$€£])(?!\s+[\d_]+\s*(?:times|x\b))", ">=", _COMPARES),
    Habit(r"is\s+at\s+most" + _AFTER + r"|at\s+most(?=\s+[\d\"'$€£])(?!\s+[\d_]+\s*(?:times|x\b))", "<=", _COMPARES),
    Habit(r"is\s+not\s+equal(?:\s+to)?" + _AFTER + "|not\\s+equals?(?:\\s+to)?" + _AFTER, "!=", _COMPARES),
    Habit(r"is\s+equal(?:\s+to)?" + _AFTER + r"|(?:equals?|eq)(?:\s+to)?" + _AFTER, "=", _COMPARES),
    Habit(r"is\s+not\s+(in|between|like)" + _AFTER, r"not \1", "`is` only asks for `missing`, `known` and a day"),
    Habit(
        r"(?P<at>is\s+)(?:in|between|like|contains|has|more|exactly)" + _AFTER,
        "",
        "`is` only asks for `missing`, `known` and a day",
    ),
    Habit(rf"is\s+not(?=\s+(?:{_TEXT}|-?\d|true\b|false\b))", "!=", "`is` only asks for `missing`, `known` and a day"),
    Habit(rf"is(?=\s+(?:{_TEXT}|-?\d|true\b|false\b))", "=", "`is` only asks for `missing`, `known` and a day"),
    Habit(rf"=\s*({_TEXT}(?:\s*,\s*{_TEXT})+)", r"in (\1)", "several values stand in brackets"),
    Habit(rf"in\s+({_TEXT}(?:\s*,\s*{_TEXT})*)", r"in (\1)", "values stand in brackets"),
    Habit(r"between\s*\(\s*([\w.-]+)\s*,\s*([\w.-]+)\s*\)", r"between \1 and \2", "both ends are in"),
    Habit(r"between\s+([\w.-]+?)\s*(?:,|\bto\b|\.\.+|…|–)\s*([\w.-]+)", r"between \1 and \2", "both ends are in"),
    Habit(r"in\s+(\d+)\s*(?:\.\.+|…|–|-|\bto\b)\s*(\d+)", r"between \1 and \2", "both ends are in"),
    # ── joining ──────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"(?:but|except|and)\s+(?:not|for|without)" + _AFTER, "and not", _JOINED),
    Habit(r"(?:unless|except|without)" + _AFTER, "and not", _JOINED),
    Habit(r"(?:but|plus|also|as\s+well\s+as)" + _AFTER, "and", _JOINED),
    # ── functions ────────────────────────────────────────────────────────────────────────────────────────────────────
    Habit(r"(today|now)\s*\(\s*\)", r"\1", "they are words of the language, not functions"),
    Habit(r"count\s*\(\s*(?P<at>\*)\s*\)", HOLE, "`count` names the event that it counts, as in `count(purchase)`"),
    Habit(
        r"interval\s*(?P<quote>[\"'])\s*(\d+)\s*(\w+)\s*(?P=quote)",
        r"\2 \3",
        "a length of time is a number and its unit",
    ),
    Habit(r"never\s+(?=\w)(?!did\b)", "never did ", "`did` names what somebody did"),
    Habit(r"[\w.]+\s*::\s*\w+(?:\s*\([\d, ]*\))?", HOLE, "a field has the type that its declaration gives it"),
    Habit(r"([\w.]+)\s*(?:\^|\*\*)\s*2(?![\d.])", r"\1 * \1", "a power is written as a product"),
    Habit(r"[\w.]+\s*(?:\^|\*\*)\s*[\w.]+", HOLE, "a power is written as a product, as in `x * x * x`"),
    Habit(
        r"([\w.]+)\s+xor\s+([\w.]+)(?=\s+(?:and|or)\b|\s*(?:\)|$))",
        r"exactly 1 of (\1, \2)",
        "one of several is counted",
    ),
    Habit(r"xor" + _AFTER, "or", "one of several is counted: `exactly 1 of (…, …)`", _without_fix),
)

# Such a word could be a misspelt one, so these come after those.
LAST_WORDS: tuple[Habit, ...] = (
    Habit(r"is\s+not\s+(?!missing|known|null|today|tomorrow|yesterday)([a-z]\w*)", r'!= "\1"', "text stands in quotes"),
    Habit(r"is\s+(?!not\b|missing|known|null|today|tomorrow|yesterday)([a-z]\w*)", r'= "\1"', "text stands in quotes"),
)
