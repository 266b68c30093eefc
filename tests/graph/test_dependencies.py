"""What uses what, what a change reaches, and names given anew: from the shell, in real folders."""

from __future__ import annotations

import json
from pathlib import Path

import pydot
import pytest

from segql.compiler import check
from segql.diagnostics.render import full
from segql.lint import RULES
from segql.source import Source
from segql.workspace.mentions import OF_FIELDS
from tests.cli.terminal import segql
from tests.folders import write

FILES = {
    "catalog.seg": """\
entity customer
    from customers
    key customer_id
    customer_id   integer
    age           integer optional   # years
    `Order Total` decimal

events purchase of customer
    from orders
    by customer_id
    at ordered_at
    amount        decimal

trait spend = sum(purchase.amount)
param least decimal = 100
list press of customer from "press.csv" key customer_id
""",
    "value.seg": """\
# spend stands here, and in a text: "spend"
segment big
    "Those who spend."
    owner "finance@shop.example"
    tags spend
    where spend_365d >= least     # spend of a year
      and (spend in last 30 days) > 1
      and customer.age > 18

tiers size
    large when spend_90d >= 500
    small otherwise

segment large_ones
    owner "crm@shop.example"
    where size = large or in segment size.large and not in list press

segment `total > 1` where `Order Total` > 1
""",
    "young.seg": "age < 30 and in segment big\r\n",
    "press.csv": "customer_id\n1\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    (tmp_path / "young.seg").write_bytes(FILES["young.seg"].encode())
    return tmp_path


def texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_graph_shows_what_uses_what_and_programs_get_it_as_json(shop: Path) -> None:
    found = json.loads(segql("graph", "young", "--format", "json", cwd=shop).stdout)

    assert {"from": "segment:young", "to": "segment:big"} in found["edges"]
    assert {"from": "trait:spend", "to": "field:purchase.amount"} in found["edges"]
    assert {"from": "event:purchase", "to": "table:orders"} in found["edges"]
    assert "tiers:size" not in {each["id"] for each in found["nodes"]}


def test_users_of_something_are_shown_when_asked_for(shop: Path) -> None:
    found = json.loads(segql("graph", "trait:spend", "--show", "users", "--format", "json", cwd=shop).stdout)

    assert [each["id"] for each in found["nodes"]] == [
        "trait:spend", "segment:big", "tiers:size", "tier:size.large", "tier:size.small", "segment:large_ones",
        "segment:young",
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["traits.seg", "./traits.seg", "more"])
def test_a_file_without_segments_stands_for_all_that_it_declares(shop: Path, path: str) -> None:
    text = "trait buys = count(purchase)\nparam most decimal = 3\n"
    write(shop, {"more/traits.seg" if path == "more" else "traits.seg": text})
    found = json.loads(segql("graph", path, "--show", "users", "--format", "json", cwd=shop).stdout)

    assert [each["id"] for each in found["nodes"]] == ["trait:buys", "param:most"]


def test_fields_that_nothing_uses_are_left_out_where_only_their_file_is_named(shop: Path) -> None:
    write(shop, {"visit.seg": "events visit of customer from visits by customer_id at seen_at\n    pages integer\n"})
    found = json.loads(segql("graph", "visit.seg", "--format", "json", cwd=shop).stdout)
    named = json.loads(segql("graph", "visit.pages", "--format", "json", cwd=shop).stdout)

    assert "event:visit" in {each["id"] for each in found["nodes"]}
    assert "field:visit.pages" not in {each["id"] for each in found["nodes"]}
    assert "field:visit.pages" in {each["id"] for each in named["nodes"]}


def test_a_file_with_segments_stands_for_what_else_it_declares_too(shop: Path) -> None:
    write(shop, {"mixed.seg": "param most decimal = 3\nsegment old where age > 60\n"})
    found = json.loads(segql("graph", "mixed.seg", "--show", "users", "--format", "json", cwd=shop).stdout)

    assert [each["id"] for each in found["nodes"]] == ["param:most", "segment:old"]


# The parser that pydot is made of warns of its own old names.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_parser_of_dot_reads_names_of_all_kinds(tmp_path: Path) -> None:
    names = ['a "b" <x> & y', "end", "digraph", "größe 名", "back\\slash", "; {} [] -> #1"]
    rows = "".join(f"    `{each}` integer\n" for each in names)
    tests = " and ".join(f"`{each}` > 1" for each in names)
    write(tmp_path, {"a.seg": f"entity customer from t key id\n{rows}segment `node` where {tests}\n"})

    (read,) = pydot.graph_from_dot_data(segql("graph", "--format", "dot", cwd=tmp_path).stdout)
    labels = [each.get_label() for each in read.get_nodes() if each.get_label()]

    assert len(labels) == len(names) + 3
    assert '"field customer.a \\"b\\" <x> &amp; y"' in labels
    assert len(read.get_edges()) == len(names) + len(names) + 2


def test_impact_names_what_is_reached_directly_and_through_others_with_owners(shop: Path) -> None:
    done = segql("impact", "purchase.amount", "--format", "json", cwd=shop)
    rows = {each["name"]: each for each in json.loads(done.stdout)}

    assert done.returncode == 0
    assert rows["big"]["through"] == ["trait:spend"]
    assert (rows["young"]["through"], rows["young"]["file"]) == (["trait:spend", "segment:big"], "young.seg")
    assert (rows["large_ones"]["owner"], rows["spend"]["through"]) == ("crm@shop.example", [])


def test_a_table_reaches_all_that_is_read_from_it(shop: Path) -> None:
    rows = json.loads(segql("impact", "orders", "--format", "json", cwd=shop).stdout)

    assert {each["name"] for each in rows if each["kind"] == "segment"} == {"big", "young", "large_ones"}


def test_an_unknown_name_is_told_with_the_nearest(shop: Path) -> None:
    done = segql("impact", "purchase.amuont", cwd=shop)

    assert (done.returncode, "`purchase.amount` is the closest" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("old", "new", "there", "gone"),
    [
        ("trait:spend", "outlay", "where outlay_365d >= least     # spend of a year", "spend_"),
        ("customer.age", "years", "and customer.years > 18", "customer.age"),
        ("big", "big spenders", "segment `big spenders`", "segment big\n"),
        ("size.large", "huge", "where size = huge or in segment size.huge", "large when"),
        ("press", "media", "not in list media", "in list press"),
        ("least", "minimum", ">= minimum", ">= least"),
        ("customer.Order Total", "total", "where total > 1", "`Order Total`"),
        ("size", "bulk", "where bulk = large or in segment bulk.large", "size"),
    ],
)
def test_a_new_name_stands_in_all_places_and_nowhere_else(
    shop: Path, old: str, new: str, there: str, gone: str
) -> None:
    done = segql("mv", old, new, cwd=shop)
    text = (shop / "value.seg").read_text()

    assert (done.returncode, done.stderr[-1:]) == (0, "\n")
    assert there in text
    assert gone not in text
    assert '# spend stands here, and in a text: "spend"' in text
    assert "tags spend" in text
    assert segql("check", cwd=shop).returncode == 0


def test_a_field_keeps_its_column_and_its_comment(shop: Path) -> None:
    segql("mv", "customer.age", "years", cwd=shop)

    assert '    years           integer column "age" optional   # years\n' in (shop / "catalog.seg").read_text()


def test_line_ends_stay_as_they_are(shop: Path) -> None:
    segql("mv", "customer.age", "years", cwd=shop)

    assert (shop / "young.seg").read_bytes() == b"years < 30 and in segment big\r\n"


def test_a_bare_condition_is_renamed_with_its_file(shop: Path) -> None:
    done = segql("mv", "young", "fresh", cwd=shop)

    assert (done.returncode, (shop / "young.seg").exists()) == (0, False)
    assert (shop / "fresh.seg").read_bytes() == FILES["young.seg"].encode()


def test_fingerprints_stay_when_names_change(shop: Path) -> None:
    def found() -> set[str]:
        rows = json.loads(segql("list", "--format", "json", cwd=shop).stdout)
        return {each["fingerprint"] for each in rows}

    before = found()
    for old, new in (("purchase", "order"), ("customer", "person"), ("spend", "outlay"), ("big", "vast")):
        assert segql("mv", old, new, cwd=shop).returncode == 0

    # `size.large`, and what is only said around it in `large_ones`, mean the same.
    assert (found(), len(before)) == (before, 5)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("big", "large_ones", "E753"),
        ("big", "Everyone", "E754"),
        ("big", "a.b", "E755"),
        ("table:orders", "x", "E756"),
        ("least", "age", "E758"),
        ("big", "segment", "E754"),
        ("trait:spend", "sum", "E754"),
        ("trait:spend", "Median", "E754"),
        ("least", "any", "E754"),
        ("press", "last", "E754"),
        ("young", "a:b*?", "E760"),
        ("young", "NUL", "E760"),
        ("young", "y" * 300, "E760"),
        ("young", "größe" * 40, "E760"),
        ("bigg", "x", "E751"),
    ],
)
def test_what_cannot_be_named_so_is_refused_and_nothing_is_written(shop: Path, old: str, new: str, code: str) -> None:
    before = texts(shop)

    done = segql("mv", old, new, cwd=shop)

    assert (done.returncode, code in done.stderr, texts(shop)) == (2, True, before)


@pytest.mark.parametrize(
    ("old", "new"), [("customer.age", "first"), ("purchase.amount", "count"), ("size.large", "top")]
)
def test_a_field_may_be_called_as_columns_are_and_a_tier_the_top(shop: Path, old: str, new: str) -> None:
    assert segql("mv", old, new, cwd=shop).returncode == 0
    assert segql("check", cwd=shop).returncode == 0


# ── names in the settings ────────────────────────────────────────────────────────────────────────


BANNING = """\
# Who is old is nobody's business.
[lint.rules.banned-field]
fields = [
  "customer.age",   # said by our lawyers
  'purchase.amount',
]
"""


@pytest.mark.parametrize(
    ("old", "new", "there"),
    [
        ("customer.age", "years", "  \"customer.years\",   # said by our lawyers\n  'purchase.amount',"),
        ("entity:customer", "person", "  \"person.age\",   # said by our lawyers\n  'purchase.amount',"),
        ("purchase", "order", '  "customer.age",   # said by our lawyers\n  "order.amount",'),
    ],
)
@pytest.mark.parametrize("rule", ["banned-field", "L505", "Banned-Field"])
def test_a_field_that_is_banned_stays_banned_under_its_new_name(
    shop: Path, old: str, new: str, there: str, rule: str
) -> None:
    write(shop, {"segql.toml": BANNING.replace("banned-field", rule)})
    before = segql("lint", "--select", "banned-field", "--statistics", cwd=shop).stdout
    done = segql("mv", old, new, cwd=shop)

    assert done.returncode == 0, done.stderr
    assert (shop / "segql.toml").read_text() == BANNING.replace("banned-field", rule).replace(
        "  \"customer.age\",   # said by our lawyers\n  'purchase.amount',", there
    )
    assert before.strip()
    assert segql("lint", "--select", "banned-field", "--statistics", cwd=shop).stdout == before


def test_settings_in_a_file_of_several_tools_keep_all_else_and_the_ends_of_lines(shop: Path) -> None:
    text = '[project]\r\nname = "x"  # ours\r\n\r\n[tool.segql.lint.rules]\r\nL505 = { fields = ["customer.age"] }\r\n'
    (shop / "pyproject.toml").write_bytes(text.encode())

    assert segql("mv", "customer.age", "years", cwd=shop).returncode == 0
    assert (shop / "pyproject.toml").read_bytes().decode() == text.replace("customer.age", "customer.years")


def test_a_field_of_a_relation_is_banned_by_its_last_names(shop: Path) -> None:
    account = "one account of customer from accounts key id by age\n    id   integer\n    plan text\n"
    write(shop, {"account.seg": account, "rich.seg": 'account.plan = "gold"'})
    write(shop, {"segql.toml": '[lint.rules.banned-field]\nfields = ["account.plan"]\n'})

    assert segql("mv", "account.plan", "rate", cwd=shop).returncode == 0
    assert '"account.rate"' in (shop / "segql.toml").read_text()
    assert segql("lint", "rich.seg", "--select", "L505", cwd=shop).returncode == 1


def test_a_dry_run_shows_what_changes_in_the_settings(shop: Path) -> None:
    write(shop, {"segql.toml": BANNING})
    done = segql("mv", "customer.age", "years", "--dry-run", cwd=shop)

    assert "--- segql.toml\n+++ segql.toml\n" in done.stdout
    assert '+  "customer.years",   # said by our lawyers\n' in done.stdout
    assert "5 places in 4 files" in done.stderr
    assert (shop / "segql.toml").read_text() == BANNING


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('exclude = ["draft_*"]\n', "--> segql.toml:1:1"),
        ('include = ["[a-z]*.seg", "catalog.seg", "value.seg", "y*.seg"]\n', "--> segql.toml:1:1"),
        ('[lint.exempt]\n"draft_*.seg" = ["banned-field"]\n', "--> segql.toml:2:1"),
        ('[lint.exempt]\n"young.seg" = ["banned-field"]\n', "--> segql.toml:2:1"),
    ],
)
def test_a_file_is_not_moved_out_of_what_settings_say_of_it(shop: Path, settings: str, told: str) -> None:
    write(shop, {"segql.toml": settings})
    before = texts(shop)
    done = segql("mv", "young", "draft_young", cwd=shop)

    assert (done.returncode, "E761" in done.stderr, told in done.stderr) == (2, True, True), done.stderr
    assert texts(shop) == before


def test_a_name_that_a_setting_takes_from_the_environment_is_refused_with_its_place(shop: Path) -> None:
    write(shop, {"segql.toml": '[lint.rules.banned-field]\nfields = ["${WHO}.age"]\n'})
    before = texts(shop)
    done = segql("mv", "customer.age", "years", cwd=shop, env={"WHO": "customer"})

    assert (done.returncode, "E761" in done.stderr, "segql.toml:2:10" in done.stderr) == (2, True, True)
    assert texts(shop) == before


def test_every_setting_that_holds_names_of_fields_is_known_to_the_command() -> None:
    held = {each.name for each in RULES for name in each.settings if name == "fields"}

    assert held == {each for each in OF_FIELDS if not each.startswith("l")}
    assert {each.code.casefold() for each in RULES if each.name in held} == {
        each for each in OF_FIELDS if each[0] == "l"
    }


def test_a_dry_run_shows_the_difference_and_writes_nothing(shop: Path) -> None:
    before = texts(shop)

    done = segql("mv", "least", "minimum", "--dry-run", cwd=shop)

    assert "+param minimum decimal = 100\n" in done.stdout
    assert texts(shop) == before


def test_a_project_with_errors_is_left_alone(shop: Path) -> None:
    (shop / "wrong.seg").write_text("agee < 3")
    before = texts(shop)

    assert (segql("mv", "big", "vast", cwd=shop).returncode, texts(shop)) == (1, before)


def test_one_name_that_several_files_miss_is_one_message_with_all_places() -> None:
    catalog = Source.of("catalog.seg", FILES["catalog.seg"])
    users = [Source.of(f"u{number}.seg", "agee < 30") for number in range(3)]

    told = check([catalog, *users]).diagnostics

    assert [each.span.source.name for each in told if each.span] == ["u0.seg", "u1.seg", "u2.seg"]
    assert full(told).splitlines() == [
        "error[E201]: unknown field `agee`, used in 3 places of 3 files",
        " --> u0.seg:1:1",
        "  |",
        "1 | agee < 30",
        "  | ^^^^",
        " ::: u1.seg",
        "1 | agee < 30",
        "  | ---- and here",
        " ::: u2.seg",
        "1 | agee < 30",
        "  | ---- and here",
        "  = hint: `age` is the closest field",
        "  = fix: write `age` in all 3 places",
        *["1 - agee < 30", "1 + age < 30"] * 3,
    ]
