"""`segql lint`, and the rules in `segql check`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.terminal import segql
from tests.folders import CATALOG, SEGMENTS, shop, write

ODD = "segment odd\n    # Twice.\n    where age < 30  # children\n      and country = 'DE' and country = 'DE'\n"
MIXED = 'segment mixed\n    where age < 30 or age > 60 and country = "DE"\n'
BASELINE = '[lint]\nbaseline = "known.json"\n'
NEGATED = "segment others\n    where age != 30\n"


def project(folder: Path, *, settings: str = "", **files: str) -> Path:
    texts = {f"{name}.seg": text for name, text in files.items()}
    return write(folder, {"segql.toml": settings, "catalog.seg": CATALOG, "all.seg": SEGMENTS, **texts})


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@shop.example"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


# ── what is told ─────────────────────────────────────────────────────────────────────────────────


def test_a_clean_project_has_no_findings(tmp_path: Path) -> None:
    done = segql("lint", cwd=shop(tmp_path))

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no findings\n")


def test_findings_are_shown_with_their_place_and_end_in_one(tmp_path: Path) -> None:
    done = segql("lint", cwd=project(tmp_path, mixed=MIXED))

    assert done.returncode == 1
    assert "warning[L201]: `and` stands beside `or` without brackets\n --> mixed.seg:2:23\n" in done.stdout
    assert done.stderr == "no errors, 1 warning; 1 can be fixed with --fix\n"


def test_a_check_tells_them_too_and_ends_well(tmp_path: Path) -> None:
    done = segql("check", cwd=project(tmp_path, mixed=MIXED))

    assert done.returncode == 0
    assert "warning[L201]" in done.stdout
    assert done.stderr.endswith("no errors, 1 warning\n")


def test_what_the_project_takes_for_an_error_fails_a_check(tmp_path: Path) -> None:
    project(tmp_path, settings='[lint.severity]\nmixed-and-or = "error"\n', mixed=MIXED)

    assert segql("check", cwd=tmp_path).returncode == 1


def test_errors_of_the_language_come_with_the_findings_that_need_only_the_text(tmp_path: Path) -> None:
    done = segql("lint", "--format", "concise", cwd=project(tmp_path, mixed=MIXED, wrong="segment w where agee < 3\n"))

    assert done.returncode == 1
    assert "E201" in done.stdout
    assert "L201" in done.stdout


def test_a_file_that_is_named_is_looked_at_with_the_rest_in_view(tmp_path: Path) -> None:
    project(tmp_path, mixed=MIXED, others=NEGATED)

    assert "L201" not in segql("lint", "others.seg", cwd=tmp_path).stdout
    assert segql("lint", "all.seg", cwd=tmp_path).returncode == 0


def test_rules_are_chosen_by_code_name_or_group(tmp_path: Path) -> None:
    project(tmp_path, mixed=MIXED, others=NEGATED)

    def codes(*arguments: str) -> list[str]:
        told = segql("lint", "--format", "json", *arguments, cwd=tmp_path).stdout
        return [each["code"] for each in json.loads(told)]

    assert codes() == ["L201", "L301"]
    assert codes("--select", "mixed-and-or") == ["L201"]
    assert codes("--select", "L2,missing-values") == ["L201", "L301"]
    assert codes("--ignore", "suspicious") == ["L301"]


def test_a_rule_that_nobody_knows_is_a_wrong_use(tmp_path: Path) -> None:
    done = segql("lint", "--select", "mixed-and-orr", cwd=project(tmp_path))

    assert done.returncode == 2
    assert "error[E801]: there is no rule `mixed-and-orr`" in done.stderr
    assert "`mixed-and-or` is the closest" in done.stderr


@pytest.mark.parametrize(
    "settings",
    ['[lint]\nselect = ["L999"]', '[lint]\nselect = "L1"', "[lint]\nselects = []", "[lint.rules.huge-list]\nmost = -1"],
)
def test_settings_that_mean_nothing_are_a_wrong_use(tmp_path: Path, settings: str) -> None:
    done = segql("lint", cwd=project(tmp_path, settings=settings))

    assert done.returncode == 2
    assert "--> segql.toml:" in done.stderr


@pytest.mark.parametrize(
    "settings",
    [
        '[lint.rules.name-style]\npattern = "["',
        '[lint.rules.unused-declaration]\nkinds = ["triat"]',
        '[lint.rules.banned-field]\nfields = ["customer.aeg"]',
    ],
)
def test_a_value_that_means_nothing_is_refused_where_it_stands(tmp_path: Path, settings: str) -> None:
    project(tmp_path, settings=settings)

    for command in ("lint", "check"):
        done = segql(command, cwd=tmp_path)
        told = done.stdout + done.stderr
        assert done.returncode > 0
        assert "error[E80" in told
        assert "--> segql.toml:2:" in told
        assert "hint: " in told


def test_what_is_typed_and_means_nothing_is_refused_too(tmp_path: Path) -> None:
    done = segql("lint", "--config", 'lint.rules.name-style.pattern="["', cwd=project(tmp_path))

    assert done.returncode == 2
    assert "error[E803]" in done.stderr
    assert "--> --config:1:31\n" in done.stderr


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('[lint.exempt]\n"tag:emial" = ["L1"]', "`tag:email` is the closest"),
        ('[lint.exempt]\n"owner:nobody" = ["L1"]', "take it away"),
        ('[lint.exempt]\n"darfts/**" = ["L1"]', "take it away"),
        ('[lint.rules.missing-owner]\ntagged = ["emial"]', "`tag:email` is the closest"),
    ],
)
def test_a_setting_that_means_nobody_is_told_and_fails_nothing(tmp_path: Path, settings: str, told: str) -> None:
    done = segql("lint", cwd=project(tmp_path, settings=settings))

    assert done.returncode == 0
    assert "warning[E808]" in done.stdout
    assert "--> segql.toml:2:" in done.stdout
    assert told in done.stdout


@pytest.mark.parametrize("option", ["--select=", "--ignore=", "--select=,"])
def test_to_choose_no_rule_is_a_wrong_use(tmp_path: Path, option: str) -> None:
    done = segql("lint", option, cwd=project(tmp_path, mixed=MIXED))

    assert done.returncode == 2
    assert "names no rule" in done.stderr


def test_settings_choose_rules_and_files(tmp_path: Path) -> None:
    settings = '[lint]\nselect = ["default", "name-style"]\n[lint.exempt]\n"drafts/**" = ["L2"]\n'
    project(tmp_path, settings=settings, others=NEGATED.replace("others", "Others"))
    write(tmp_path, {"drafts/a.seg": MIXED})
    found = [each["code"] for each in json.loads(segql("lint", "--format", "json", cwd=tmp_path).stdout)]

    assert found == ["L604", "L301"]


def test_findings_are_counted(tmp_path: Path) -> None:
    done = segql("lint", "--statistics", cwd=project(tmp_path, mixed=MIXED, odd=ODD))

    assert done.stdout == "     1  L101  duplicate-condition  (--fix)\n     1  L201  mixed-and-or  (--fix)\n"


def test_a_report_of_sarif_holds_the_fix(tmp_path: Path) -> None:
    done = segql("lint", "--format", "sarif", cwd=project(tmp_path, mixed=MIXED))

    assert json.loads(done.stdout)["runs"][0]["results"][0]["fixes"]


def test_a_rule_is_explained_by_code_and_by_name(tmp_path: Path) -> None:
    by_code, by_name = segql("explain", "L201", cwd=tmp_path), segql("explain", "mixed-and-or", cwd=tmp_path)

    assert by_code.returncode == 0
    assert by_code.stdout == by_name.stdout
    assert by_code.stdout.startswith("L201 mixed-and-or (suspicious, on unless the settings say otherwise)\n")


def test_a_group_is_explained_by_its_rules(tmp_path: Path) -> None:
    done = segql("explain", "governance", cwd=tmp_path)

    assert done.returncode == 0
    assert done.stdout.startswith("governance: the rules L5 of the linter\n")
    assert "    L502  missing-owner (off)\n          A segment has no owner.\n" in done.stdout


def test_what_is_the_name_of_a_message_and_of_a_group_is_explained_as_both(tmp_path: Path) -> None:
    told = segql("explain", "missing-values", cwd=tmp_path).stdout

    assert "E521 missing-values" in told
    assert "L301  missing-passes-negation" in told


# ── fixes ────────────────────────────────────────────────────────────────────────────────────────


def test_safe_fixes_are_written(tmp_path: Path) -> None:
    done = segql("lint", "--fix", cwd=project(tmp_path, mixed=MIXED, odd=ODD))

    assert (done.returncode, done.stderr) == (0, "2 findings fixed\nno findings\n")
    assert 'age < 30 or (age > 60 and country = "DE")' in (tmp_path / "mixed.seg").read_text()
    assert (tmp_path / "odd.seg").read_text() == ODD.replace(" and country = 'DE'\n", "\n")


def test_unsafe_fixes_wait_until_they_are_asked_for(tmp_path: Path) -> None:
    text = "segment january\n    where signed_up_at between 2026-01-01 and 2026-01-31\n"
    project(tmp_path, january=text)

    assert segql("lint", "--fix", cwd=tmp_path).returncode == 1
    assert (tmp_path / "january.seg").read_text() == text
    assert segql("lint", "--fix", "--unsafe-fixes", cwd=tmp_path).returncode == 0
    assert "signed_up_at from 2026-01-01 to 2026-01-31" in (tmp_path / "january.seg").read_text()


def test_what_a_fix_lays_open_is_fixed_too(tmp_path: Path) -> None:
    text = "segment a\n    where age < 30 and (age < 30) and not (did not purchase) and 30 > age\n"
    done = segql("lint", "--fix", cwd=project(tmp_path, a=text))

    assert done.returncode == 0
    assert (tmp_path / "a.seg").read_text() == "segment a\n    where age < 30 and did purchase\n"


def test_a_fix_that_lets_go_of_somebody_is_not_safe(tmp_path: Path) -> None:
    catalog = CATALOG.replace("    age ", "    vip           boolean optional\n    age ")
    text = "segment others\n    where (vip = true) = false\n"
    write(tmp_path, {"segql.toml": "", "catalog.seg": catalog, "others.seg": text})
    segql("lint", "--fix", "--select", "L602", cwd=tmp_path)

    assert (tmp_path / "others.seg").read_text() == text


def test_what_the_baseline_knows_is_not_fixed(tmp_path: Path) -> None:
    project(tmp_path, settings=BASELINE, mixed=MIXED)
    segql("lint", "--write-baseline", cwd=tmp_path)
    segql("lint", "--fix", cwd=tmp_path)

    assert (tmp_path / "mixed.seg").read_text() == MIXED


def test_a_difference_is_shown_and_nothing_written(tmp_path: Path) -> None:
    done = segql("lint", "--diff", cwd=project(tmp_path, mixed=MIXED))

    assert done.returncode == 1
    assert done.stdout.startswith("--- mixed.seg\n+++ mixed.seg\n")
    assert '+    where age < 30 or (age > 60 and country = "DE")\n' in done.stdout
    assert (tmp_path / "mixed.seg").read_text() == MIXED


def test_of_a_project_with_errors_nothing_is_fixed(tmp_path: Path) -> None:
    project(tmp_path, mixed=MIXED, wrong="segment w where agee < 3\n")

    assert segql("lint", "--fix", cwd=tmp_path).returncode == 1
    assert (tmp_path / "mixed.seg").read_text() == MIXED


def test_it_says_which_rules_an_error_elsewhere_keeps_from_being_asked(tmp_path: Path) -> None:
    project(tmp_path, others=NEGATED, wrong="segment w where agee < 3\n")
    done = segql("lint", "others.seg", cwd=tmp_path)

    assert "rules could not be asked, since wrong.seg:1:17 has an error: unknown field `agee`\n" in done.stderr
    done = segql("lint", "--fix", "others.seg", cwd=tmp_path)
    assert "nothing is fixed while wrong.seg:1:17 has an error\n" in done.stderr


def test_what_an_error_elsewhere_keeps_from_being_fixed_is_not_called_fixable(tmp_path: Path) -> None:
    project(tmp_path, mixed=MIXED, wrong="segment w where agee < 3\n")
    done = segql("lint", "mixed.seg", cwd=tmp_path)

    assert "L201" in done.stdout
    assert "can be fixed" not in done.stderr


def test_only_what_was_named_is_fixed(tmp_path: Path) -> None:
    project(tmp_path, mixed=MIXED, odd=ODD)
    segql("lint", "--fix", "odd.seg", cwd=tmp_path)

    assert (tmp_path / "mixed.seg").read_text() == MIXED
    assert (tmp_path / "odd.seg").read_text() != ODD


def test_a_file_keeps_the_ends_of_its_lines(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "mixed.seg").write_bytes(MIXED.replace("\n", "\r\n").encode())
    segql("lint", "--fix", cwd=tmp_path)

    assert (tmp_path / "mixed.seg").read_bytes().count(b"\r\n") == 2


# ── baselines ────────────────────────────────────────────────────────────────────────────────────


def test_what_is_in_the_baseline_is_told_no_more(tmp_path: Path) -> None:
    project(tmp_path, settings=BASELINE, mixed=MIXED)
    done = segql("lint", "--write-baseline", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "1 finding written to known.json\n")
    assert segql("lint", cwd=tmp_path).returncode == 0
    (tmp_path / "mixed.seg").rename(tmp_path / "moved.seg")
    assert segql("lint", cwd=tmp_path).returncode == 0
    write(tmp_path, {"new.seg": NEGATED})
    assert segql("lint", "--statistics", cwd=tmp_path).stdout.split()[:2] == ["1", "L301"]


@pytest.mark.parametrize(
    "options", [["mixed.seg"], ["--since", "HEAD"], ["--fix"], ["--diff"], ["--select", "L301"], ["--ignore", "L201"]]
)
def test_a_baseline_is_written_whole_or_not_at_all(tmp_path: Path, options: list[str]) -> None:
    project(tmp_path, settings=BASELINE, mixed=MIXED)
    segql("lint", "--write-baseline", cwd=tmp_path)
    before = (tmp_path / "known.json").read_text()
    done = segql("lint", "--write-baseline", *options, cwd=tmp_path)

    assert done.returncode == 2
    assert "asked for alone" in " ".join(done.stderr.split())
    assert (tmp_path / "known.json").read_text() == before
    assert (tmp_path / "mixed.seg").read_text() == MIXED


def test_a_baseline_without_a_place_or_that_is_broken_is_a_wrong_use(tmp_path: Path) -> None:
    project(tmp_path, settings=BASELINE, mixed=MIXED)
    write(tmp_path, {"known.json": "{"})

    assert "E804" in segql("lint", cwd=tmp_path).stderr
    assert segql("check", cwd=tmp_path).returncode == 2
    write(tmp_path, {"segql.toml": ""})
    done = segql("lint", "--write-baseline", cwd=tmp_path)
    assert (done.returncode, "E805" in done.stderr) == (2, True)


# ── what changed since ───────────────────────────────────────────────────────────────────────────


def test_only_what_changed_since_a_revision_is_told(tmp_path: Path) -> None:
    project(tmp_path, mixed=MIXED, others=NEGATED)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    assert segql("lint", "--since", "HEAD", cwd=tmp_path).returncode == 0

    (tmp_path / "mixed.seg").rename(tmp_path / "moved.seg")
    write(tmp_path, {"moved.seg": "# Moved.\n" + MIXED.replace("where", "\n    where")})
    assert segql("lint", "--since", "HEAD", cwd=tmp_path).returncode == 0

    write(tmp_path, {"others.seg": NEGATED.replace("30", "31")})
    done = segql("lint", "--since", "HEAD", "--statistics", cwd=tmp_path)
    assert done.stdout.split()[:2] == ["1", "L301"]


@pytest.mark.parametrize("name", ["a", "z"])
@pytest.mark.parametrize(
    "double", ["segment other\n    where 30 > age\n", "segment You_ng\n    where age > 70\n"], ids=["same", "similar"]
)
def test_a_double_of_what_was_there_is_told_wherever_its_file_stands(tmp_path: Path, name: str, double: str) -> None:
    project(tmp_path, settings=BASELINE, m="segment young_2\n    where age < 40\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    write(tmp_path, {f"{name}.seg": double})
    done = segql("lint", "--since", "HEAD", "--select", "L205,L207", "--statistics", cwd=tmp_path)

    assert done.stdout.split()[0] == "1"

    segql("lint", "--write-baseline", cwd=tmp_path)
    for renamed in ("b", "y", "Z"):
        (tmp_path / f"{name}.seg").rename(tmp_path / f"{renamed}.seg")
        name = renamed
        assert segql("lint", cwd=tmp_path).stderr == "no findings\n"


def test_a_project_below_its_repository_is_compared_too(tmp_path: Path) -> None:
    project(tmp_path / "shop", mixed=MIXED)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")

    assert segql("lint", "--since", "HEAD", cwd=tmp_path / "shop").returncode == 0


@pytest.mark.parametrize("revision", ["nowhere", "--help", "HEAD"])
def test_a_revision_that_git_does_not_know_is_a_wrong_use(tmp_path: Path, revision: str) -> None:
    done = segql("lint", f"--since={revision}", cwd=project(tmp_path))

    assert done.returncode == 2
    assert "error[E806]" in done.stderr
