"""The lexer of Pygments: what it makes of each bit of the language, and that it is found."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint

import pygments
import pytest
from pygments.formatters import HtmlFormatter

from segql.highlight.lexer import SegqlLexer
from tests.highlight.corpus import ROOT, pygments_bits, samples


def _shown(text: str) -> str:
    """Return bits with their kinds, without blanks."""
    return " ".join(f"{bit}:{kind.rpartition('.')[2]}" for bit, kind in pygments_bits(text) if bit.strip())


def test_what_is_right_has_no_error_and_comes_back_whole() -> None:
    every = samples()

    assert len(every) > 1_800
    for sample in every:
        bits = pygments_bits(sample.text)
        assert "".join(bit for bit, _ in bits) == sample.text, sample.name
        assert [bit for bit, kind in bits if kind == "Error"] == [], sample.name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('# a "b" and 3', '# a "b" and 3:Single'),
        (r'"a\"b" # c', r'":String a:String \":Escape b:String ":String # c:Single'),
        (r"'it\'s'", r"':String it:String \':Escape s:String ':String"),
        ("`Order Total` > 3", "`Order Total`:Variable >:Operator 3:Number"),
        (
            r"path matches /^\/a#b\d/i and x",
            r"path:Name matches:Keyword /:Regex ^:Regex \/:Escape a#b:Regex \d:Escape /i:Regex and:Word x:Name",
        ),
        ("a / 2 / 3", "a:Name /:Operator 2:Number /:Operator 3:Number"),
        ("x = 1_000.5", "x:Name =:Operator 1_000.5:Number"),
        ("x in top 10%", "x:Name in:Word top:Keyword 10%:Number"),
        ("at since 2026-01-31", "at:Name since:Keyword 2026-01-31:Date"),
        ("at > 2026-01-31T10:00:00Z", "at:Name >:Operator 2026-01-31T10:00:00Z:Date"),
        ("in last 90 days", "in:Word last:Keyword 90 days:Number"),
        ("in last 90d", "in:Word last:Keyword 90d:Number"),
        ("spend_365d > 3", "spend:Name _365d:Number >:Operator 3:Number"),
        ("spend_365days > 3", "spend_365days:Name >:Operator 3:Number"),
        ("entity customer", "entity:Declaration customer:Class"),
        ("events `page view` of customer", "events:Declaration `page view`:Class of:Keyword customer:Name"),
        ("trait spend_90d = 3", "trait:Declaration spend_90d:Function =:Operator 3:Number"),
        ("trait has = 3", "trait:Declaration has:Function =:Operator 3:Number"),
        ("segment = 3", "segment:Name =:Operator 3:Number"),
        ("segment in (1, 2)", "segment:Name in:Word (:Punctuation 1:Number ,:Punctuation 2:Number ):Punctuation"),
        ("param p list of text = 1", "param:Declaration p:Function list of text:Type =:Operator 1:Number"),
        ("    date date optional pii", "date:Attribute date:Type optional:Keyword pii:Keyword"),
        ('    x date column "X"', 'x:Attribute date:Type column:Keyword ":String X:String ":String'),
        ("    and date > 3", "and:Word date:Name >:Operator 3:Number"),
        ("    from text", "from:Keyword text:Name"),
        ("    optional = 1", "optional:Name =:Operator 1:Number"),
        ("    tags email, date", "tags:Keyword email:Tag ,:Punctuation date:Tag"),
        ('    tags has "a"', 'tags:Name has:Keyword ":String a:String ":String'),
        ("    gold when x", "gold:Function when:Keyword x:Name"),
        ("    gold otherwise", "gold:Function otherwise:Keyword"),
        ("    control 45%", "control:Function 45%:Number"),
        ("    +20 when x", "+20:Number when:Keyword x:Name"),
        (
            "in segment tier.gold",
            "in:Word segment:Keyword tier:Label .:Punctuation gold:Label",
        ),
        (
            "in any segment (vip, tier.gold)",
            "in:Word any segment:Keyword (:Punctuation vip:Label ,:Punctuation tier:Label .:Punctuation gold:Label ):Punctuation",
        ),
        ("in list press", "in:Word list:Keyword press:Label"),
        (
            "round(x) > sum(a.b)",
            "round:Builtin (:Punctuation x:Name ):Punctuation >:Operator sum:Builtin (:Punctuation a:Name .:Punctuation b:Name ):Punctuation",
        ),
        ("last(purchase.at)", "last:Builtin (:Punctuation purchase:Name .:Punctuation at:Name ):Punctuation"),
        ("country = andrew", "country:Name =:Operator andrew:Name"),
        ("AGE IS NOT MISSING", "AGE:Name IS:Word NOT:Word MISSING:Constant"),
        (
            'größe > 3 and 名前 = "x"',
            'größe:Name >:Operator 3:Number and:Word 名前:Name =:Operator ":String x:String ":String',
        ),
        ('a.and.`b c`."d"', 'a:Name .:Punctuation and:Name .:Punctuation `b c`:Variable .:Punctuation "d":Variable'),
    ],
)
def test_each_bit_has_its_kind(text: str, shown: str) -> None:
    assert _shown(text) == shown


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a == 3", ["=="]),
        ("a <> 3 && b", ["<>", "&&"]),
        ("a = 12abc", ["12abc"]),
        ('a = "open', ['"']),
        (r"a = 'b\q'", [r"\q"]),
        ("a = “b”", ["“", "”"]),
        ("a;", [";"]),
    ],
)
def test_what_the_language_refuses_is_an_error_and_the_rest_is_read_on(text: str, wrong: list[str]) -> None:
    bits = pygments_bits(text)

    assert [bit for bit, kind in bits if kind == "Error"] == wrong
    assert bits[0] == ("a", "Name")


def test_a_text_ends_with_its_line() -> None:
    assert _shown('a = "open\nsegment b').endswith("open:Name segment:Declaration b:Function")


def test_the_wheel_names_the_lexer_for_pygments_to_find() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ((name, value),) = project["entry-points"]["pygments.lexers"].items()

    assert EntryPoint(name, value, "pygments.lexers").load() is SegqlLexer
    assert SegqlLexer.aliases == ["segql"]
    assert SegqlLexer.filenames == ["*.seg"]


def test_a_page_shows_a_segment_in_colours() -> None:
    page = pygments.highlight("age < 30 # young", SegqlLexer(), HtmlFormatter())

    assert '<span class="c1"># young</span>' in page
    assert '<span class="m">30</span>' in page


def test_the_lines_for_git_cost_no_pygments() -> None:
    code = "import sys, segql.highlight; print([m for m in ('pygments', 'lark', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "[]"
