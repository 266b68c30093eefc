"""The Python interface, on real folders and a real engine."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import segql
from tests.cli.terminal import environment
from tests.folders import CATALOG, csv_shop, shop, write

BORN = "entity customer\n    from customers\n    key id\n    born date\n"


@pytest.fixture
def project(tmp_path: Path) -> segql.Project:
    return segql.open(shop(tmp_path))


def test_a_sound_project_has_nothing_to_tell(project: segql.Project) -> None:
    assert project.check() == []


def test_it_knows_its_segments_in_the_order_of_the_files(project: segql.Project) -> None:
    assert list(project) == ["young", "buyers", "everyone_else"]
    assert len(project) == 3
    assert "young" in project
    assert "old" not in project


def test_a_segment_tells_about_itself(project: segql.Project) -> None:
    young = project["young"]

    assert (young.name, young.entity, young.description) == ("young", "customer", "Under 30.")
    assert (young.owner, young.tags) == ("growth@shop.example", ("email", "demographic"))
    assert project["buyers"].owner is None
    assert repr(young) == "Segment('young')"


def test_members_are_a_table_of_keys(project: segql.Project) -> None:
    members = project["buyers"].members()

    assert isinstance(members, pa.Table)
    assert members.to_pydict() == {"customer_id": [1, 2]}


def test_counts_are_numbers(project: segql.Project) -> None:
    assert project["buyers"].count() == 2
    assert project.count(["everyone_else", "young"]) == {"everyone_else": 1, "young": 1}


def test_the_instant_decides(project: segql.Project) -> None:
    assert project["buyers"].count(as_of="2025-02-01") == 1
    assert project["buyers"].count(as_of=dt.date(2024, 1, 1)) == 0
    assert project["buyers"].count(as_of=dt.datetime(2025, 12, 1, tzinfo=dt.UTC)) == 2


def test_several_segments_are_one_table_in_the_order_asked(project: segql.Project) -> None:
    assert project.run(["buyers", "young"]).to_pydict() == {
        "segment": ["buyers", "buyers", "young"],
        "customer_id": [1, 2, 1],
    }


def test_one_segment_in_a_list_gives_the_same_shape(project: segql.Project) -> None:
    assert project.run(["young"]).to_pydict() == {"segment": ["young"], "customer_id": [1]}


def test_nobody_is_an_empty_table(tmp_path: Path) -> None:
    write(shop(tmp_path), {"segments/nobody.seg": "age > 200\n"})
    project = segql.open(tmp_path)

    assert project.run(["nobody", "nobody"]).to_pydict() == {"segment": [], "customer_id": []}
    assert project["nobody"].members().to_pydict() == {"customer_id": []}


def test_sql_is_text(project: segql.Project) -> None:
    sql = project["young"].sql(dialect="duckdb", as_of="2026-01-01")

    assert "2026-01-01" in sql
    assert sql == project.sql(["young"], as_of="2026-01-01")


def test_params_can_be_given(tmp_path: Path) -> None:
    write(
        shop(tmp_path),
        {"p.seg": "param least integer = 100\nparam born date = 2000-01-01\nsegment old\n    where age >= least\n"},
    )

    assert segql.open(tmp_path)["old"].count() == 0
    assert segql.open(tmp_path, params={"least": 41})["old"].count() == 1
    assert segql.open(tmp_path, params={"least": 41, "born": dt.date(1999, 1, 1)})["old"].count() == 1


def test_files_need_no_settings(tmp_path: Path) -> None:
    project = segql.open(csv_shop(tmp_path))

    assert project["buyers"].members(as_of="2025-12-01").to_pydict() == {"customer_id": [1, 2]}


def test_files_are_found_wherever_we_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    csv_shop(tmp_path / "a[1]*?")
    # A file of the same name where we stand is another one.
    write(tmp_path, {"data/orders.csv": "customer_id,ordered_at,amount\n3,2025-11-30,1\n"})
    monkeypatch.chdir(tmp_path)

    assert segql.open("a[1]*?")["buyers"].members(as_of="2025-12-01").to_pydict() == {"customer_id": [1, 2]}


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────


def raised(action: object, *arguments: object) -> tuple[str, ...]:
    with pytest.raises(segql.SegqlError) as found:
        action(*arguments)  # type: ignore[operator]
    return tuple(each.code for each in found.value.diagnostics)


def test_an_unknown_segment_raises(project: segql.Project) -> None:
    assert raised(lambda: project["yuong"]) == ("E606",)
    assert raised(project.run, ["young", "yuong"]) == ("E606",)
    assert raised(project.run, []) == ("E607",)


def test_an_unknown_folder_raises(tmp_path: Path) -> None:
    assert raised(segql.open, tmp_path / "nowhere") == ("E605",)


@pytest.mark.parametrize("setting", ["memory_limit = '1GB'", "threads = 2"])
def test_only_duckdb_is_told_what_it_may_use(tmp_path: Path, setting: str) -> None:
    """Nobody must believe in a limit that holds for nobody."""
    url = "[connections.default]\nurl = 'sqlite:///shop.sqlite'\n"
    write(csv_shop(tmp_path), {"segql.toml": url + setting})

    with pytest.raises(segql.SegqlError) as found:
        segql.open(tmp_path).count(["buyers"])

    (told,) = found.value.diagnostics
    assert (told.code, told.span.text if told.span else None) == ("E628", setting.partition(" = ")[2])


def test_an_unknown_dialect_raises(project: segql.Project) -> None:
    with pytest.raises(segql.SegqlError) as found:
        project["young"].sql(dialect="duckbd")

    assert "`duckdb` is the closest" in found.value.diagnostics[0].hint


def test_a_project_with_errors_checks_and_does_not_run(tmp_path: Path) -> None:
    write(shop(tmp_path), {"b.seg": "segment broken\n    where agee < 30\n"})
    project = segql.open(tmp_path)

    assert [each.code for each in project.check()] == ["E201"]
    assert raised(lambda: project["young"]) == ("E201",)


def test_a_file_that_cannot_be_read_is_the_only_message(tmp_path: Path) -> None:
    (shop(tmp_path) / "catalog.seg").write_bytes(b"\xff")
    project = segql.open(tmp_path)

    assert [each.code for each in project.check()] == ["E623"]
    assert raised(lambda: project["young"]) == ("E623",)


def test_segments_of_two_entities_are_only_counted_together(tmp_path: Path) -> None:
    write(
        shop(tmp_path),
        {
            "o.seg": "entity order\n    from orders\n    key ordered_at\n    amount decimal\n"
            "segment big of order\n    where amount > 5\n",
            "segments/all.seg": "segment young of customer\n    where age < 30\n",
        },
    )
    project = segql.open(tmp_path)

    assert project.count(["big", "young"]) == {"big": 2, "young": 1}
    assert raised(project.run, ["big", "young"]) == ("E612",)
    assert raised(project.sql, ["big", "young"]) == ("E612",)


# ── a condition without a folder ────────────────────────────────────────────────────────────────


def test_a_condition_is_compiled_without_a_folder() -> None:
    sql = segql.compile("age < 30 and did purchase in last 7 days", catalog=CATALOG, as_of="2026-01-01")

    assert '"customers"' in sql
    assert "2025-12-25" in sql


def test_the_settings_of_a_folder_can_be_given() -> None:
    condition = "signed_up_at in this week"
    sql = segql.compile(
        condition,
        catalog=CATALOG,
        as_of="2026-01-01",
        timezone="Europe/Berlin",
        week_starts="sunday",
        entity="customer",
    )

    assert "2025-12-27 23:00:00" in sql


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"condition": "agee < 30"}, "E201"),
        ({"timezone": "Europe/Berln"}, "E603"),
        ({"week_starts": "mon"}, "E603"),
        ({"as_of": "soon"}, "E608"),
        ({"as_of": "2025-12-01", "live_clock": True}, "E619"),
        ({"params": {"nope": 1}}, "E210"),
    ],
)
def test_what_is_wrong_is_raised(given: dict[str, object], code: str) -> None:
    arguments = {"condition": "age < 30", "catalog": CATALOG, **given}
    with pytest.raises(segql.SegqlError) as found:
        segql.compile(arguments.pop("condition"), **arguments)  # type: ignore[arg-type]

    assert found.value.diagnostics[0].code == code


def test_sql_can_ask_at_the_engines_clock(project: segql.Project) -> None:
    sql = project["buyers"].sql(live_clock=True)

    assert sql == project.sql(["buyers"], live_clock=True)
    assert "CURRENT_TIMESTAMP" in sql
    assert "CURRENT_TIMESTAMP" in segql.compile("born in last 30 days", catalog=BORN, live_clock=True)
    with pytest.raises(segql.SegqlError) as found:
        project["buyers"].sql(as_of="2025-12-01", live_clock=True)
    assert found.value.diagnostics[0].code == "E619"


# ── what importing costs ────────────────────────────────────────────────────────────────────────


def loaded(code: str) -> set[str]:
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    told = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True)
    return set(told.stdout.split())


def test_importing_loads_nothing() -> None:
    found = loaded("import segql; segql.__version__; dir(segql)")

    assert not found & {"lark", "typer", "pydantic", "sqlglot", "duckdb", "pyarrow", "segql.workspace"}


def test_checking_loads_no_engine(tmp_path: Path) -> None:
    found = loaded(f"import segql; assert segql.open({str(shop(tmp_path))!r}).check() == []")

    assert "lark" in found
    assert not found & {"pydantic", "sqlglot", "duckdb", "pyarrow", "rich"}


def test_everything_public_can_be_had() -> None:
    assert all(hasattr(segql, each) for each in segql.__all__)
    with pytest.raises(AttributeError):
        segql.nothing  # noqa: B018


# ── lint ─────────────────────────────────────────────────────────────────────────────────────────

MIXED = 'segment mixed\n    where age < 30 or age > 60 and country = "DE"\n'
NEGATED = "segment others\n    where age != 30\n"


def linted(folder: Path, settings: str = "", **files: str) -> segql.Project:
    texts = {f"{name}.seg": text for name, text in files.items()}
    return segql.open(write(folder, {"segql.toml": settings, "catalog.seg": CATALOG, **texts}))


def codes(found: list[segql.Diagnostic]) -> list[str]:
    return [each.code for each in found]


def test_a_clean_project_deserves_no_second_look(project: segql.Project) -> None:
    assert project.lint() == []


def test_findings_are_diagnostics_in_the_order_of_files_with_places_and_fixes(tmp_path: Path) -> None:
    first, second = linted(tmp_path, mixed=MIXED, others=NEGATED).lint()

    assert (first.code, first.name, first.severity) == ("L201", "mixed-and-or", "warning")
    assert first.span is not None
    assert (Path(first.span.source.name).name, first.span.line) == ("mixed.seg", 2)
    assert first.fix is not None
    assert second.code == "L301"


def test_the_settings_of_the_project_count_for_findings(tmp_path: Path) -> None:
    settings = (
        'as_of = "2026-01-31"\n[lint]\nselect = ["default", "missing-owner"]\nignore = ["L201"]\n'
        '[lint.severity]\nL301 = "error"\n[lint.exempt]\n"drafts/**" = ["L"]\n'
    )
    snoozed = NEGATED.replace("others", "more").replace("30", "31  # segql: snooze[L301] until 2026-01-31 why")
    write(tmp_path, {"drafts/a.seg": NEGATED.replace("others", "draft").replace("30", "32")})
    found = linted(tmp_path, settings, mixed=MIXED, others=NEGATED, snoozed=snoozed).lint()

    assert codes(found) == ["L502", "L502", "L301", "L502"]
    assert found[2].severity == "error"


def test_what_the_baseline_knows_is_no_finding(tmp_path: Path) -> None:
    project = linted(tmp_path, '[lint]\nbaseline = "known.json"\n', mixed=MIXED)
    written = subprocess.run(
        [sys.executable, "-m", "segql", "lint", "--write-baseline"], cwd=tmp_path, env=environment(), check=False
    )

    assert written.returncode == 0
    assert project.lint() == []
    assert codes(linted(tmp_path, '[lint]\nbaseline = "known.json"\n', others=NEGATED).lint()) == ["L301"]


def test_rules_are_selected_and_ignored_as_by_the_command(tmp_path: Path) -> None:
    project = linted(tmp_path, '[lint]\nselect = ["L201"]\n', mixed=MIXED, others=NEGATED)

    assert codes(project.lint()) == ["L201"]
    assert codes(project.lint(select=["default"])) == ["L201", "L301"]
    assert codes(project.lint(select=["default"], ignore=["mixed-and-or"])) == ["L301"]
    with pytest.raises(segql.SegqlError) as caught:
        project.lint(select=["mixed-and-orr"])
    assert codes(list(caught.value.diagnostics)) == ["E801"]


def test_one_text_in_the_place_of_a_list_of_rules_is_that_rule(tmp_path: Path) -> None:
    project = linted(tmp_path, mixed=MIXED, others=NEGATED)

    assert codes(project.lint(select="L301")) == ["L301"]
    assert codes(project.lint(ignore="L301")) == ["L201"]


def test_only_findings_that_changes_bring_are_told_since_a_revision(tmp_path: Path) -> None:
    linted(tmp_path, mixed=MIXED)
    who = ["-c", "user.name=test", "-c", "user.email=test@shop.example"]
    for each in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *each], cwd=tmp_path, check=True)
    project = linted(tmp_path, others=NEGATED)

    assert codes(project.lint()) == ["L201", "L301"]
    assert codes(project.lint(since="HEAD")) == ["L301"]
    with pytest.raises(segql.SegqlError) as caught:
        project.lint(since="nowhere")
    assert codes(list(caught.value.diagnostics)) == ["E806"]


def test_of_a_project_with_errors_findings_are_those_of_its_text(tmp_path: Path) -> None:
    project = linted(tmp_path, mixed=MIXED, others=NEGATED, wrong="segment w where agee < 3\n")

    assert codes(project.lint()) == ["L201"]
    assert codes(project.check()) == ["E201"]


def test_a_project_whose_files_cannot_be_read_has_no_findings_but_raises(tmp_path: Path) -> None:
    project = linted(tmp_path, mixed=MIXED)
    (tmp_path / "mixed.seg").write_bytes(b"# caf\xe9\n")

    with pytest.raises(segql.SegqlError):
        project.lint()
