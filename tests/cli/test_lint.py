"""`segql lint`, and the rules in `segql check`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import environment, segql
from tests.diagnostics.test_published import judged
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


@pytest.mark.parametrize(
    ("settings", "place", "words", "hint"),
    [
        ('[lint]\nselect = ["default", "L999"]', "2:22", '"L999"', "a code like `L101`"),
        (
            '[lint]\nselect = [\n    "mixed-and-or",  # "mixed-and-orr"\n    "mixed-and-orr",\n]',
            "4:5",
            '"mixed-and-orr"',
            "`mixed-and-or`",
        ),
        ("[lint]\nignore = [\"L1\", 'stile']", "2:17", "'stile'", "`style` is the closest"),
        ('lint.select = ["L1"]\nlint.ignore = ["L999"]', "2:16", '"L999"', "a code like"),
        ('lint = {select = ["L1"], ignore = ["L1", "L999"]}', "1:42", '"L999"', "a code like"),
        ('[lint.severity]\nL1 = "error"\nhuge-lists = "error"', "3:1", "huge-lists", "`huge-list` is the closest"),
        ('[lint.severity]\nhuge-list = "grave"', "2:13", '"grave"', "write `error` or `warning`"),
        ('[lint]\nseverity = {L1 = "error", "huge-list" = "grave"}', "2:41", '"grave"', "write `error` or `warning`"),
        ('[lint.exempt]\n"a.seg" = ["L1"]\n"drafts/**" = ["L1", "L999"]', "3:22", '"L999"', "a code like"),
        (
            "[lint.rules.huge-list]\nmost = 1\n[lint.rules.huge-lists]\nmost = 3",
            "3:2",
            "lint.rules.huge-lists",
            "`huge-list` is",
        ),
        ("[lint.rules.suspicius]\nmost = 3", "1:2", "lint.rules.suspicius", "a code like"),
        ("[lint.rules.huge-list]\nmosst = 3", "2:1", "mosst", "`most` is the closest"),
        ("[lint.rules.huge-list]\nmaximum = 3", "2:1", "maximum", "there are `most`"),
        ('[lint.rules.huge-list]\nmost = "many"', "2:8", '"many"', "write a whole number"),
        ('[lint.rules]\nhuge-list = {most = "many"}', "2:21", '"many"', "write a whole number"),
    ],
)
def test_a_setting_that_means_nothing_is_told_at_its_place(
    tmp_path: Path, settings: str, place: str, words: str, hint: str
) -> None:
    done = segql("lint", cwd=project(tmp_path, settings=settings))

    assert done.returncode == 2
    assert f"--> segql.toml:{place}\n" in done.stderr
    assert "^" * len(words) + "\n" in done.stderr
    assert "^" * (len(words) + 1) not in done.stderr
    assert hint in done.stderr


def test_each_mistake_in_the_settings_is_told(tmp_path: Path) -> None:
    settings = '[lint]\nselect = ["L998", "L999"]\n[lint.severity]\nL997 = "error"\n'
    done = segql("lint", cwd=project(tmp_path, settings=settings))

    assert [line for line in done.stderr.splitlines() if "-->" in line] == [
        " --> segql.toml:2:11",
        " --> segql.toml:2:19",
        " --> segql.toml:4:1",
    ]


def test_what_is_typed_wrong_is_not_said_of_the_file(tmp_path: Path) -> None:
    project(tmp_path, settings='[lint]\nselect = ["L1"]\nignore = ["L999"]\n')

    for asked in (["--select", "L998"], ["--ignore", "L998"]):
        done = segql("lint", *asked, cwd=tmp_path)
        assert "`L998`\n  = hint" in done.stderr
        assert "--> segql.toml:3:11" in done.stderr
    typed = segql("lint", "--config", 'lint.ignore = ["L997"]', cwd=tmp_path)
    assert "--> --config:1:16" in typed.stderr


def test_a_mistake_in_pyproject_is_told_at_its_place(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "segql.toml").unlink()
    write(tmp_path, {"pyproject.toml": '[tool.other]\nselect = ["L999"]\n[tool.segql.lint]\nselect = ["L999"]\n'})

    assert "--> pyproject.toml:4:11" in segql("lint", cwd=tmp_path).stderr


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
    # As in a hook, which git tells of its repository.
    hook = {"GIT_DIR": str(tmp_path / ".git"), "GIT_INDEX_FILE": str(tmp_path / ".git/index")}
    assert segql("lint", "--since", "HEAD", cwd=tmp_path / "shop", env=hook).returncode == 0


def committed(folder: Path) -> Path:
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def since(folder: Path, *arguments: str, revision: str = "HEAD") -> list[str]:
    done = segql("lint", "--since", revision, "--format", "concise", *arguments, cwd=folder)
    return [line.split(":")[0] + " " + line.split("[")[1][:4] for line in done.stdout.splitlines()]


def test_what_uses_a_change_is_told_if_it_means_something_else(tmp_path: Path) -> None:
    trait = "trait buys = count(purchase)\n"
    user = "segment user\n    where age != 30 and buys_90d > 3\n"
    committed(project(tmp_path, trait=trait, user=user))

    write(tmp_path, {"trait.seg": trait.replace("buys", "orders"), "user.seg": user.replace("buys", "orders")})
    assert since(tmp_path) == []
    write(tmp_path, {"trait.seg": trait.replace("purchase", "purchase where (amount > 1)"), "user.seg": user})
    assert since(tmp_path) == ["user.seg L301"]


def test_the_old_revision_is_read_with_its_own_settings(tmp_path: Path) -> None:
    born = "segment born\n    where age != 30 and signed_up_at in last 3 days\n"
    project(tmp_path, settings='timezone = "Europe/Berlin"\nexclude = ["drafts"]\n', born=born)
    committed(write(tmp_path, {"drafts/mixed.seg": MIXED}))

    assert since(tmp_path) == []
    write(tmp_path, {"segql.toml": 'timezone = "Asia/Tokyo"\n'})
    # Another zone is another meaning, and what was excluded is new.
    assert since(tmp_path) == ["born.seg L301", "drafts/mixed.seg L201"]
    assert since(tmp_path, "--config", 'timezone = "UTC"') == ["drafts/mixed.seg L201"]


def test_settings_in_pyproject_are_those_of_the_revision_too(tmp_path: Path) -> None:
    table = '[tool.segql]\ntimezone = "{}"\n'
    project(tmp_path, others=NEGATED)
    (tmp_path / "segql.toml").unlink()
    committed(write(tmp_path, {"pyproject.toml": table.format("Europe/Berlin")}))

    assert since(tmp_path) == []
    write(tmp_path, {"pyproject.toml": table.format("Asia/Tokyo")})
    assert since(tmp_path) == ["others.seg L301"]


def test_rules_that_are_asked_only_now_bring_no_findings_of_then(tmp_path: Path) -> None:
    committed(project(tmp_path, others=NEGATED))
    write(tmp_path, {"segql.toml": '[lint]\nselect = ["all"]\n'})

    assert since(tmp_path) == []


def test_files_of_other_projects_are_not_read_at_a_revision_either(tmp_path: Path) -> None:
    others = {
        "inner/segql.toml": "",
        "inner/catalog.seg": CATALOG,
        ".hidden/a.seg": SEGMENTS,
        "node_modules/a.seg": "x",
    }
    committed(write(project(tmp_path, others=NEGATED), others))
    done = segql("lint", "--since", "HEAD", "-v", cwd=tmp_path)

    assert done.returncode == 0
    assert "compared with HEAD by what it means" in done.stderr


@pytest.mark.parametrize(
    ("then", "now", "why"),
    [
        ({"wrong.seg": "segment w where agee < 3\n"}, {"wrong.seg": ""}, "the project had errors then"),
        ({}, {"wrong.seg": "segment w where agee < 3\n"}, "the project has errors"),
        ({"segql.toml": "tymezone = 3"}, {"segql.toml": ""}, "the settings were wrong then"),
    ],
)
def test_where_meanings_are_not_known_texts_are_compared_and_that_is_said(
    tmp_path: Path, then: dict[str, str], now: dict[str, str], why: str
) -> None:
    committed(write(project(tmp_path, mixed=MIXED, others=NEGATED), then))
    turned = 'segment mixed\n    where age > 60 and country = "DE" or age < 30\n'
    write(tmp_path, {**now, "mixed.seg": turned})
    done = segql("lint", "--since", "HEAD", "--format", "concise", "-v", cwd=tmp_path)

    assert "mixed.seg:2:11: warning[L201]" in done.stdout
    assert "L301" not in done.stdout
    assert f"compared with HEAD as it is written, since {why}\n" in done.stderr
    assert "compared" not in segql("lint", "--since", "HEAD", cwd=tmp_path).stderr


def test_a_file_that_was_no_text_is_told_and_texts_are_compared(tmp_path: Path) -> None:
    project(tmp_path, others=NEGATED)
    (tmp_path / "mixed.seg").write_bytes(b"# caf\xe9\n")
    committed(tmp_path)
    write(tmp_path, {"mixed.seg": MIXED})
    done = segql("lint", "--since", "HEAD", "--statistics", "-v", cwd=tmp_path)

    assert done.stdout.split()[:2] == ["1", "L201"]
    assert "since a file was no text then" in done.stderr


def test_what_the_baseline_knows_does_not_stand_for_what_a_change_brings(tmp_path: Path) -> None:
    twice = "segment twice\n    where (age < 30 and age < 30) or country = 'DE'\n"
    project(tmp_path, settings=BASELINE, twice=twice)
    segql("lint", "--write-baseline", cwd=tmp_path)
    committed(tmp_path)
    write(tmp_path, {"twice.seg": twice.replace("= 'DE'\n", "= 'DE' or country = 'DE'\n")})

    assert since(tmp_path) == ["twice.seg L101"]


def test_a_param_that_is_given_counts_for_both_sides(tmp_path: Path) -> None:
    param = "param least integer = 3\n"
    user = "segment user\n    where age != least\n"
    committed(project(tmp_path, others=NEGATED))
    write(tmp_path, {"param.seg": param, "user.seg": user})

    assert since(tmp_path, "--set", "least=4") == ["user.seg L301"]
    said = segql("lint", "--since", "HEAD", "--set", "least=4", "-v", cwd=tmp_path).stderr
    assert "compared with HEAD by what it means" in said
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "second")
    write(tmp_path, {"param.seg": param.replace("3", "5")})
    assert since(tmp_path) == ["user.seg L301"]
    assert since(tmp_path, "--set", "least=4") == []


def test_a_project_that_was_not_there_is_new_as_a_whole(tmp_path: Path) -> None:
    committed(write(tmp_path, {"readme.md": "A shop."}))
    project(tmp_path / "shop", others=NEGATED)

    assert since(tmp_path / "shop") == ["others.seg L301"]


def test_any_names_of_files_and_ends_of_lines_are_read_at_a_revision(tmp_path: Path) -> None:
    project(tmp_path)
    write(tmp_path, {"süd west/ältere.seg": "age != 30"})
    (tmp_path / "mixed.seg").write_bytes(MIXED.replace("\n", "\r\n").encode())
    committed(tmp_path)
    write(tmp_path, {"mixed.seg": MIXED})

    assert since(tmp_path) == []
    assert since(tmp_path / "süd west") == []
    write(tmp_path, {"süd west/ältere.seg": "age != 31"})
    assert since(tmp_path / "süd west") == ["ältere.seg L301"]


def test_what_was_typed_is_new(tmp_path: Path) -> None:
    committed(project(tmp_path, others=NEGATED))
    done = segql("lint", "--since", "HEAD", "--format", "concise", "-", cwd=tmp_path, typed=MIXED.encode())

    assert "L201" in done.stdout
    assert "L301" not in done.stdout


def test_a_folder_that_is_named_is_compared_though_the_settings_leave_it_out(tmp_path: Path) -> None:
    project(tmp_path, settings='exclude = ["drafts"]\n')
    committed(write(tmp_path, {"drafts/mixed.seg": MIXED}))

    assert since(tmp_path, "drafts") == []
    write(tmp_path, {"drafts/mixed.seg": MIXED.replace("30", "31")})
    assert since(tmp_path, "drafts") == ["drafts/mixed.seg L201"]


def test_fixes_are_those_of_what_a_change_brings(tmp_path: Path) -> None:
    committed(project(tmp_path, mixed=MIXED))
    write(tmp_path, {"new.seg": MIXED.replace("mixed", "new").replace("30", "31")})

    assert segql("lint", "--since", "HEAD", "--fix", cwd=tmp_path).returncode == 0
    assert (tmp_path / "mixed.seg").read_text() == MIXED
    assert 'or (age > 60 and country = "DE")' in (tmp_path / "new.seg").read_text()


@pytest.mark.parametrize("revision", ["nowhere", "--help", "HEAD"])
def test_a_revision_that_git_does_not_know_is_a_wrong_use(tmp_path: Path, revision: str) -> None:
    done = segql("lint", f"--since={revision}", cwd=project(tmp_path))

    assert done.returncode == 2
    assert "error[E806]" in done.stderr


@pytest.mark.parametrize("format_", ["json", "github", "gitlab", "sarif", "junit"])
@pytest.mark.parametrize("options", [["--since", "NOPE"], ["--select", "nope"], ["nowhere"]])
def test_a_report_is_whole_where_nothing_could_be_looked_at(tmp_path: Path, format_: str, options: list[str]) -> None:
    done = segql("lint", *options, "--format", format_, cwd=project(tmp_path))

    assert (done.returncode, judged(format_, done.stdout)) == (2, 1)
    assert "error[E" in done.stderr


TWICE = "segment odd\r\n    where country = 'DE' and country = 'DE' and age != 1\r\n"


@pytest.mark.parametrize("names", [["-"], ["-", "--stdin-filename", "odd.seg"], ["-", "--stdin-filename", "new.seg"]])
def test_fixes_of_standard_input_come_out_and_no_file_changes(tmp_path: Path, names: list[str]) -> None:
    write(project(tmp_path), {"odd.seg": ODD} if "odd.seg" in names else {})
    before = {each: each.read_bytes() for each in tmp_path.rglob("*.seg")}
    done = subprocess.run(
        [sys.executable, "-m", "segql", "lint", "--fix", *names],
        cwd=tmp_path,
        input=TWICE.encode(),
        capture_output=True,
        env=environment(),
        check=False,
    )

    # What cannot be fixed, about the text as it is by now, does not get into it.
    assert done.stdout == TWICE.replace("country = 'DE' and ", "", 1).encode()
    assert (done.returncode, b"warning[L301]" in done.stderr, b"1 finding fixed" in done.stderr) == (1, True, True)
    assert {each: each.read_bytes() for each in tmp_path.rglob("*.seg")} == before


@pytest.mark.parametrize("typed", [b"segment a\n    where age < 30\n", b"segment a\n    where agee < 30\n"])
def test_a_text_without_anything_to_fix_comes_out_as_it_went_in(tmp_path: Path, typed: bytes) -> None:
    assert segql("lint", "--fix", "-", cwd=project(tmp_path), typed=typed).stdout == typed.decode()


@pytest.fixture
def forked(tmp_path: Path) -> Path:
    """A branch on which one segment is new, and main, on which another came meanwhile."""
    committed(project(tmp_path, mixed=MIXED))
    git(tmp_path, "branch", "-M", "main")
    git(tmp_path, "checkout", "-q", "-b", "work")
    write(tmp_path, {"mine.seg": MIXED.replace("mixed", "mine").replace("30", "31")})
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "mine")
    git(tmp_path, "checkout", "-q", "main")
    (tmp_path / "mixed.seg").unlink()
    git(tmp_path, "commit", "-qam", "theirs")
    git(tmp_path, "checkout", "-q", "work")
    return tmp_path


def test_three_dots_stand_for_where_two_branches_parted(forked: Path) -> None:
    def told(revision: str) -> list[str]:
        done = segql("lint", "--since", revision, "--format", "json", cwd=forked)
        return sorted(each["place"]["path"] for each in json.loads(done.stdout))

    # What main took away is nothing that the branch brought.
    assert told("main") == ["mine.seg", "mixed.seg"]
    assert told("main...HEAD") == told("main...") == told("...main") == ["mine.seg"]
    assert told("...") == []


@pytest.mark.parametrize("revision", ["main...nowhere", "nowhere...", "main...--help", "main..HEAD", "a...b...c"])
def test_dots_before_what_git_does_not_know_are_a_wrong_use(forked: Path, revision: str) -> None:
    done = segql("lint", "--since", revision, cwd=forked)

    assert (done.returncode, "error[E806]" in done.stderr) == (2, True), done.stderr


def test_branches_without_a_common_commit_have_parted_nowhere(forked: Path) -> None:
    git(forked, "checkout", "-q", "--orphan", "alone")
    git(forked, "commit", "-qm", "alone")
    done = segql("lint", "--since", "main...", cwd=forked)

    assert (done.returncode, "have no commit in common" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("revision", ["HEAD~1", "main...", "0123456789"])
def test_a_clone_that_is_cut_off_says_how_to_get_the_rest(
    forked: Path, tmp_path_factory: pytest.TempPathFactory, revision: str
) -> None:
    shallow = tmp_path_factory.mktemp("clone") / "shallow"
    git(forked.parent, "clone", "-q", "--depth", "1", "-b", "work", forked.as_uri(), str(shallow))
    done = segql("lint", "--since", revision, cwd=shallow)

    assert (done.returncode, "error[E806]" in done.stderr) == (2, True)
    assert "`git fetch --unshallow`" in done.stderr
    assert "`fetch-depth: 0`" in done.stderr
    assert "unshallow" not in segql("lint", "--since", "nowhere", cwd=forked).stderr
