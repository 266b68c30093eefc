"""The action of GitHub and the jobs of GitLab: valid where they are read, and their scripts do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from segql.version import VERSION
from tests.ci.tools import checkout, clean, run, with_segql
from tests.cli.terminal import segql
from tests.diagnostics.commands import commands
from tests.diagnostics.test_published import judged
from tests.folders import CATALOG, write

BAD = "segment young\n    where agee < 30\n"
GOOD = "segment young\n    where age < 30\n"
PINNED = re.compile(r"uses: [\w/-]+@[0-9a-f]{40} # v[\d.]+")


def read(path: Path) -> dict[Any, Any]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def assert_valid(path: Path, schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def project(folder: Path, segment: str = GOOD) -> Path:
    write(folder, {"segql.toml": "", "catalog.seg": CATALOG, "segments/young one.seg": segment})
    assert segql("fmt", "catalog.seg", cwd=folder).returncode == 0
    return folder


# ── the action of GitHub ────────────────────────────────────────────────────────────────────────


def test_the_action_is_valid_and_its_steps_are_pinned() -> None:
    path = checkout() / "action.yml"

    assert_valid(path, "github-actions")
    uses = [line.strip("- ") for line in path.read_text().splitlines() if "uses:" in line]
    assert uses
    assert all(PINNED.fullmatch(each) for each in uses)


def test_no_input_of_the_action_is_pasted_into_a_script() -> None:
    for step in read(checkout() / "action.yml")["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder, in which the action keeps what it installed."""
    return tmp_path_factory.mktemp("runner")


def acted(folder: Path, runner: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the action's last step as the runner would, with inputs by name."""
    action = read(checkout() / "action.yml")
    given = {name: inputs.get(name, about["default"]) for name, about in action["inputs"].items()}
    step = action["runs"]["steps"][-1]
    known = {"steps.python.outputs.python-path": sys.executable} | {f"inputs.{name}": given[name] for name in given}
    asked = {name: known[value.strip("${} ")] for name, value in step["env"].items()}
    ours = {
        "RUNNER_TEMP": str(runner),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_ACTION_PATH": str(checkout()),
        # The packages of this environment are there already; segql itself is installed, from the checkout.
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_INDEX": "1",
    }
    return run("bash", "-e", "-c", step["run"], cwd=folder, env=clean(dict(os.environ)) | ours | asked)


def test_the_action_passes_a_sound_project(tmp_path: Path, runner: Path) -> None:
    done = acted(project(tmp_path), runner)

    assert (done.returncode, commands(done.stdout)) == (0, []), done.stdout
    assert "1 segment, 1 event, no errors" in done.stdout


def test_the_action_fails_for_a_mistake_and_shows_it_beside_its_line(tmp_path: Path, runner: Path) -> None:
    done = acted(project(tmp_path, BAD), runner, sarif="segql.sarif")
    (found,) = commands(done.stdout)

    assert done.returncode == 1
    assert (found.name, found.properties["file"], found.properties["line"]) == ("error", "segments/young one.seg", "2")
    assert judged("sarif", (tmp_path / "segql.sarif").read_text(encoding="utf-8")) == 1
    assert (tmp_path / "output").read_text() == "sarif=segql.sarif\n"


def test_the_action_takes_paths_with_spaces_options_and_a_folder(tmp_path: Path, runner: Path) -> None:
    project(tmp_path / "my shop", BAD)
    write(tmp_path, {"my shop/other.seg": "segment other\n    where agee > 3\n"})
    found = acted(tmp_path, runner, project="my shop", paths="my shop/other.seg\n", args="--config 'fmt.width = 80'")

    assert [each.properties["file"] for each in commands(found.stdout)] == ["my shop/other.seg"]


def test_the_action_only_says_what_would_be_laid_out(tmp_path: Path, runner: Path) -> None:
    ugly = "segment young\n  where age<30\n"
    done = acted(project(tmp_path, ugly), runner, command="fmt")

    assert (done.returncode, "young one.seg would change" in done.stdout) == (1, True)
    assert (tmp_path / "segments/young one.seg").read_text() == ugly


@pytest.mark.parametrize(("command", "sarif"), [("run", ""), ("fmt", "a.sarif"), ("check; echo hello", "")])
def test_the_action_refuses_what_it_cannot_do(tmp_path: Path, runner: Path, command: str, sarif: str) -> None:
    done = acted(project(tmp_path), runner, command=command, sarif=sarif)

    assert (done.returncode, len(commands(done.stdout))) == (2, 1)


# ── the jobs of GitLab, and those that `segql init` writes ──────────────────────────────────────


def script(job: dict[str, Any], folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the script of a job as GitLab's runner does: its lines in one shell, which ends at the first failure."""
    env = env | {name: value.replace("$$", "$") for name, value in job.get("variables", {}).items()}
    return run("bash", "-c", "\n".join(["set -eo pipefail", *job["script"]]), cwd=folder, env=env)


def test_the_template_is_valid_and_installs_this_version() -> None:
    path = checkout() / "ci/gitlab.yml"

    assert_valid(path, "gitlab-ci")
    assert read(path)["segql"]["variables"]["SEGQL_VERSION"] == VERSION


@pytest.mark.parametrize(("segment", "status"), [(GOOD, 0), (BAD, 1)])
def test_the_template_writes_both_reports_whatever_is_wrong(tmp_path: Path, segment: str, status: int) -> None:
    job = read(checkout() / "ci/gitlab.yml")["segql"]
    folder = project(tmp_path / "repo", segment)
    done = script(job, folder, with_segql(tmp_path))

    assert done.returncode == status, done.stdout
    reports = job["artifacts"]["reports"]
    assert judged("gitlab", (folder / reports["codequality"]).read_text(encoding="utf-8")) == status
    assert judged("junit", (folder / reports["junit"]).read_text(encoding="utf-8")) == status


def begun(folder: Path, ci: str, below: str = "my shop") -> Path:
    """Make a repository and a project below it with a job, and return where the job stands."""
    run("git", "init", "-q", str(folder), cwd=folder, env=clean(dict(os.environ)))
    done = segql("init", below, "--ci", ci, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / {"github": ".github/workflows/segql.yml", "gitlab": ".gitlab-ci.yml"}[ci]


@pytest.mark.parametrize("below", ["my shop", ".", "größe: #1"])
def test_a_new_project_brings_a_workflow_for_github(tmp_path: Path, below: str) -> None:
    (tmp_path / "repo").mkdir()
    path = begun(tmp_path / "repo", "github", below)
    assert_valid(path, "github-workflows")
    text = path.read_text(encoding="utf-8")
    assert all(PINNED.search(line) for line in text.splitlines() if "uses:" in line)
    job = read(path)["jobs"]["check"]
    env = with_segql(tmp_path) | job["env"]

    install, *steps = [each["run"] for each in job["steps"] if "run" in each]
    assert install == f'python -m pip install "segql=={VERSION}"'
    assert len(steps) == 2
    for step in steps:
        done = run("bash", "-e", "-c", step, cwd=path.parents[2], env=env)
        assert done.returncode == 0, done.stdout
    write(path.parents[2] / below, {"bad.seg": BAD})
    assert run("bash", "-e", "-c", steps[0], cwd=path.parents[2], env=env).returncode == 1


def test_a_new_project_brings_a_job_for_gitlab(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    path = begun(tmp_path / "repo", "gitlab")

    assert_valid(path, "gitlab-ci")
    done = script(read(path)["segments"], path.parent, with_segql(tmp_path))
    assert done.returncode == 0, done.stdout


def test_git_takes_the_attributes(tmp_path: Path) -> None:
    begun(tmp_path, "github")
    done = run("git", "check-attr", "-a", "my shop/segments/a.seg", cwd=tmp_path, env=clean(dict(os.environ)))

    assert {each.split(": ", 1)[1] for each in done.stdout.splitlines()} == {
        "text: set",
        "eol: lf",
        "linguist-language: AppleScript",
        "linguist-detectable: unset",
    }


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_a_job_that_is_there_is_not_overwritten_and_nothing_is_made(tmp_path: Path, ci: str) -> None:
    path = begun(tmp_path, ci)
    path.write_text("mine")
    done = segql("init", "other", "--ci", ci, cwd=tmp_path)

    assert (done.returncode, "is there already" in done.stderr) == (2, True)
    assert (path.read_text(), (tmp_path / "other").exists()) == ("mine", False)


@pytest.mark.parametrize("ci", ["github", "gitlab"])
@pytest.mark.parametrize("options", [["--demo"], []])
def test_a_project_that_is_there_gets_the_job_and_nothing_else(tmp_path: Path, ci: str, options: list[str]) -> None:
    run("git", "init", "-q", ".", cwd=tmp_path, env=clean(dict(os.environ)))
    assert segql("init", "shop", *options, cwd=tmp_path).returncode == 0
    before = {each: each.read_bytes() for each in (tmp_path / "shop").rglob("*") if each.is_file()}
    done = segql("init", "shop", "--ci", ci, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    path = tmp_path / {"github": ".github/workflows/segql.yml", "gitlab": ".gitlab-ci.yml"}[ci]
    assert f"{path.relative_to(tmp_path)} checks" in done.stderr
    assert '"shop"' in path.read_text(encoding="utf-8")
    assert {each: each.read_bytes() for each in (tmp_path / "shop").rglob("*") if each.is_file()} == before
    again = segql("init", "--ci", ci, cwd=tmp_path / "shop")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


@pytest.mark.parametrize("files", [{"a.seg": CATALOG}, {"pyproject.toml": "[tool.segql]\n"}])
def test_a_project_without_a_file_of_settings_is_one_too(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)

    assert segql("init", "--ci", "gitlab", cwd=tmp_path).returncode == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([*files, ".gitlab-ci.yml"])


def test_a_project_with_broken_settings_gets_no_job(tmp_path: Path) -> None:
    write(tmp_path, {"segql.toml": "timezone = Europe"})
    done = segql("init", "--ci", "gitlab", cwd=tmp_path)

    assert (done.returncode, "error[E601]" in done.stderr) == (2, True)
    assert not (tmp_path / ".gitlab-ci.yml").exists()


def test_whoever_asks_for_a_new_project_where_one_is_learns_how_to_get_the_job_alone(tmp_path: Path) -> None:
    assert segql("init", "--demo", cwd=tmp_path).returncode == 0
    done = segql("init", "--demo", "--ci", "github", cwd=tmp_path)

    assert (done.returncode, "`segql init --ci` alone" in done.stderr) == (2, True)
    assert not (tmp_path / ".github").exists()


def test_attributes_that_are_there_are_left_alone_and_the_line_is_told(tmp_path: Path) -> None:
    write(tmp_path, {".gitattributes": "*.csv -text\n"})
    done = segql("init", cwd=tmp_path)

    assert (done.returncode, "*.seg text eol=lf linguist-language=AppleScript" in done.stderr) == (0, True)
    assert (tmp_path / ".gitattributes").read_text() == "*.csv -text\n"


@pytest.mark.parametrize("options", [[], ["--demo"]])
def test_the_settings_name_their_schema_which_stands_beside_them(tmp_path: Path, options: list[str]) -> None:
    assert segql("init", "shop", *options, cwd=tmp_path).returncode == 0
    first = (tmp_path / "shop/segql.toml").read_text(encoding="utf-8").splitlines()[0]
    schema = tmp_path / "shop" / first.removeprefix("#:schema ")

    assert schema.read_text(encoding="utf-8") == segql("config", "--schema", cwd=tmp_path).stdout
