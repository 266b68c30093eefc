"""Every dialect prints the same segments: each statement parses there, and says what it said before.

`dialects/duckdb.md` holds the SQL of all segments; the file of another dialect only what is not the same there. Names
stand in double quotes and small letters in all of them, so that differences of meaning are all that is seen.
`UPDATE_GOLDEN=1 pytest tests/sql/test_dialects.py` writes them.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from segql.analysis import Analyzed
from segql.compiler import check, compile
from segql.diagnostics import SegqlError
from segql.plan import Clock
from segql.source import Source
from segql.sql.dialects import DIALECTS, Dialect

FOLDER = Path(__file__).with_name("dialects")
CLOCK = Clock(dt.datetime(2025, 12, 1, tzinfo=dt.UTC))
LISTS = {"vip": ("7", "12")}
NAMES = re.findall(r"^(?:segment|split) (\w+)", (FOLDER / "segments.seg").read_text(encoding="utf-8"), re.MULTILINE)
# Those that are printed with the engine's own clock, too.
LIVE = ("birthdays", "months")
PRINTS = [*NAMES, *(f"{each}, live" for each in LIVE)]
# Whose names are folded, or quoted in a way of their own.
QUOTED = {"bigquery": r"`([^`]*)`", "tsql": r"\[(\w[^\]]*)\]", "mysql": r"`([^`]*)`", "clickhouse": r"`([^`]*)`"}

# Those whose engine cannot be run here: what they say must be what is read there, word for word.
PRINTED = {"bigquery", "redshift", "snowflake", "trino", "tsql"}

NASTY_TEXTS = [
    "O'Brien",
    'say "x"',
    "'; drop table customers; --",
    "a\\b",
    "a\\",
    "\\'",
    "a\nb",
    "a\\\nb",
    "a\tb",
    "*/ -- x",
    "/* x",
    "{{ x }}",
    "%s %(x)s 50%",
    "? :x $1 @x",
    "🎉 名 é",
    "ß İ Σ",
    "]] [x] ``",
    "blanks  ",
    "",
]
NASTY_NAMES = [
    "select",
    "order by",
    'we"ird',
    "a]b",
    "[a]",
    "a'b",
    "a\\b",
    "-- x",
    "/*",
    "%s",
    "?",
    "名前",
    "🎉",
    "a.b",
]


@functools.cache
def analyzed() -> Analyzed:
    made = check([Source.of(each.name, each.read_text(encoding="utf-8")) for each in sorted(FOLDER.glob("*.seg"))])
    assert not made.diagnostics
    return made


def printed(name: str, dialect: str) -> str:
    """Return the SQL of a segment or split without its comment, or why there is none."""
    name, is_live = name.removesuffix(", live"), name.endswith(", live")
    form = "values" if name in analyzed().outcomes else "members"
    try:
        made = compile(analyzed(), [name], CLOCK, dialect=dialect, form=form, lists=LISTS, is_live=is_live)
    except SegqlError as error:
        told = error.diagnostics[0]
        return f"-- {told.message}; {told.hint}\n"
    return made.sql.split("\n", 1)[1] + "\n"


def plain(sql: str, dialect: str) -> str:
    """Return SQL with its names as the other dialects have them."""
    if dialect in QUOTED:
        sql = re.sub(QUOTED[dialect], r'"\1"', sql)
    if dialect == "snowflake":
        sql = re.sub(r'"([^"]*)"', lambda found: found[0].lower(), sql)
    return sql


def snapshot(dialect: str) -> str:
    made = [f"# {dialect}\n"]
    for name in PRINTS:
        sql = plain(printed(name, dialect), dialect)
        if dialect != "duckdb":
            lines = (each.splitlines() for each in (printed(name, "duckdb"), sql))
            changes = [
                each for each in difflib.unified_diff(*lines, n=0, lineterm="") if each[:3] not in {"---", "+++"}
            ]
            sql = "".join(re.sub(r"^@@.*@@$", "@@", each) + "\n" for each in changes)
        kind = "sql" if dialect == "duckdb" else "diff"
        made.append(f"## {name}\n\n```{kind}\n{sql}```\n" if sql else f"## {name}\n\nThe same.\n")
    return "\n".join(made)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sql_is_as_written_down(dialect: str, *, updating: bool) -> None:
    path = FOLDER / f"{dialect}.md"
    made = snapshot(dialect)
    if updating:
        path.write_text(made, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == made, "is it meant? then UPDATE_GOLDEN=1"


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("name", PRINTS)
def test_a_statement_parses_in_its_dialect(name: str, dialect: Dialect) -> None:
    sql = printed(name, dialect.name)
    if sql.startswith("--"):
        return
    tree = sqlglot.parse_one(sql, read=dialect.printer)

    again = tree.sql(dialect.printer, pretty=True, comments=False)
    assert tree.find(exp.Command) is None
    if dialect.name == "trino":
        # Reading its clock loses how many digits it shows.
        again = again.replace("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP(6)")
    # Reading a difference of SQL Server makes a moment of each side, whatever it is.
    if dialect.name in PRINTED and not (dialect.name == "tsql" and "DATEDIFF" in sql):
        assert words(again, dialect) == words(sql, dialect)


def words(sql: str, dialect: Dialect) -> list[str]:
    """Return the words of a statement.

    But for `not`, which is read in another place than it is written, and for names that things have anyhow.
    """
    made: list[str] = []
    for each in sqlglot.tokenize(sql, read=dialect.printer):
        made.append(each.text.upper())
        if len(made) > 2 and made[-2] == "AS" and made[-3] == made[-1]:
            del made[-2:]
    return [each for each in made if each != "NOT"]


# ── what a user writes ───────────────────────────────────────────────────────────────────────────────────────────────


def asked(condition: str, field: str, dialect: str) -> str:
    catalog = f"entity customer\n    from customers\n    key id\n    id integer\n    `{field}` text\n"
    made = check([Source.of("catalog.seg", catalog), Source.of("s.seg", condition)])
    assert not made.diagnostics
    return compile(made, ["s"], CLOCK, dialect=dialect).sql.split("\n", 1)[1]


def tree_of(sql: str, dialect: Dialect) -> exp.Expr:
    """Return a statement with each text as one literal, however its dialect has to write it."""
    tree = sqlglot.parse_one(sql, read=dialect.printer)
    for each in list(tree.find_all(exp.National)):
        each.replace(exp.Literal.string(each.name))
    for each in list(tree.find_all(exp.Cast)):
        if isinstance(each.this, exp.Collate) and is_text(each.this.this):
            each.replace(each.this.this)
    return tree.transform(joined)


def joined(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Paren) and isinstance(node.this, exp.Add) and all(map(is_text, node.this.flatten())):
        return exp.Literal.string("".join(each.name for each in node.this.flatten()))
    return node


def is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_a_text_is_a_literal(text: str, dialect: Dialect) -> None:
    written = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    tree = tree_of(asked(f'name = "{written}"', "name", dialect.name), dialect)

    harmless = tree_of(asked('name = "plain"', "name", dialect.name), dialect)
    for each in harmless.find_all(exp.Literal):
        if each.name == "plain":
            each.set("this", text)
    assert tree == harmless


def _is_no_column(name: str, dialect: str) -> bool:
    """Return whether no column of an engine can have a name."""
    if dialect in {"mysql", "mariadb"}:
        return any(ord(letter) > 0xFFFF for letter in name)
    return dialect == "bigquery" and re.search(r"[!\"$()*,./;?@\[\\\]^`{}~]", name) is not None


@pytest.mark.parametrize(
    ("name", "dialect"),
    [(name, each) for name in NASTY_NAMES for each in DIALECTS.values() if not _is_no_column(name, each.name)],
)
def test_a_name_is_an_identifier(name: str, dialect: Dialect) -> None:
    tree = sqlglot.parse_one(asked(f'`{name}` = "x"', name, dialect.name), read=dialect.printer)

    harmless = sqlglot.parse_one(asked('`plain` = "x"', "plain", dialect.name), read=dialect.printer)
    folded = {"snowflake": name.upper()}.get(dialect.name, name) if name.isascii() and name.isidentifier() else name
    for each in harmless.find_all(exp.Identifier):
        if each.name.lower() == "plain":
            each.set("this", folded)
    assert tree == harmless


def test_sql_server_reads_on_where_a_line_ends_with_a_backslash() -> None:
    assert "\\\n" not in asked('name = "a\\\\\\nb"', "name", "tsql")


def test_snowflake_finds_names_as_they_were_made_without_quotes() -> None:
    sql = asked('`Mixed` = "x"', "Mixed", "snowflake")

    assert '"CUSTOMERS"' in sql
    assert '"Mixed"' in sql


def test_names_of_ours_are_no_paths_in_bigquery() -> None:
    made = compile(analyzed(), ["trial.control"], CLOCK, dialect="bigquery", form="counts")

    assert "`trial_control`" in made.sql
    assert "trial.control`" not in made.sql


# ── what cannot be said ──────────────────────────────────────────────────────────────────────────────────────────────


def test_who_can_say_it_is_told_and_which_segment_is_meant() -> None:
    with pytest.raises(SegqlError) as raised:
        compile(analyzed(), ["texts", "patterns", "in_lists"], CLOCK, dialect="tsql")

    (told,) = raised.value.diagnostics
    assert (told.code, told.message) == ("E401", "tsql cannot express regular expressions (`matches`)")
    assert told.hint is not None
    assert "`snowflake`" in told.hint
    assert "`tsql`" not in told.hint
    assert told.span is not None
    assert told.span == analyzed().definitions["patterns"].span


def test_what_no_dialect_but_duckdb_can_say_is_told() -> None:
    catalog = 'entity customer\n    from "customers.csv"\n    key id\n    age integer\n'
    made = check([Source.of("catalog.seg", catalog), Source.of("s.seg", "age < 30")])
    with pytest.raises(SegqlError) as raised:
        compile(made, ["s"], CLOCK, dialect="trino")

    assert raised.value.diagnostics[0].hint == "`duckdb` can; or leave this out"
    assert raised.value.diagnostics[0].span is not None


def test_a_key_of_sql_server_says_its_type() -> None:
    made = check(
        [
            Source.of("c.seg", "entity customer\n    from customers\n    key id\n    age integer\n"),
            Source.of("s.seg", "age < 30"),
        ]
    )
    with pytest.raises(SegqlError, match="say what `id` is"):
        compile(made, ["s"], CLOCK, dialect="tsql")
