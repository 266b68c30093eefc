"""The hooks, run by the real pre-commit in a real repository: what is bad is not committed.

The runner takes the hooks from a repository with our `.pre-commit-hooks.yaml`, at a commit, as it does for everybody. Only
the environment that it would make by `pip install` is left out: `language: system` takes the library under test, since
installing all engines anew would take a minute.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.ci.tools import checkout, committed, repository, run, with_segql
from tests.folders import CATALOG, write

BAD = "segment young\n    where agee < 30\n"
GOOD = "segment young\n    where age < 30\n"
UGLY = "segment young\n  where age<30\n"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return with_segql(tmp_path) | {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}


@pytest.fixture
def repo(tmp_path: Path, env: dict[str, str]) -> Path:
    """A repository with a sound project in it, in which the hooks are installed."""
    hooks = repository(tmp_path / "hooks", env)
    shutil.copy(checkout() / ".pre-commit-hooks.yaml", hooks)
    assert committed(hooks, env).returncode == 0
    commit = run("git", "rev-parse", "HEAD", cwd=hooks, env=env).stdout.strip()
    config = f"repos:\n  - repo: {hooks}\n    rev: {commit}\n    hooks:\n"
    for name in ("segql-check", "segql-fmt"):
        config += f"      - id: {name}\n        language: system\n"
    repo = repository(tmp_path / "repo", env)
    done = run(sys.executable, "-m", "pre_commit", "install", cwd=repo, env=env)
    assert done.returncode == 0, done.stdout
    write(repo, {".pre-commit-config.yaml": config, "segql.toml": "", "catalog.seg": CATALOG})
    run("segql", "fmt", cwd=repo, env=env)
    done = committed(repo, env)
    assert done.returncode == 0, done.stdout
    return repo


def last(repo: Path, env: dict[str, str]) -> list[str]:
    """Return the files of the last commit."""
    return run("git", "show", "--name-only", "--format=", cwd=repo, env=env).stdout.split()


def test_a_bad_segment_is_not_committed(repo: Path, env: dict[str, str]) -> None:
    write(repo, {"segments/young.seg": BAD})
    done = committed(repo, env)

    assert done.returncode == 1
    assert "unknown field `agee`" in done.stdout
    assert "segments/young.seg" not in last(repo, env)


def test_a_good_segment_is_committed(repo: Path, env: dict[str, str]) -> None:
    write(repo, {"segments/young.seg": GOOD})
    done = committed(repo, env)

    assert done.returncode == 0, done.stdout
    assert last(repo, env) == ["segments/young.seg"]


def test_an_ugly_one_is_laid_out_and_committed_the_next_time(repo: Path, env: dict[str, str]) -> None:
    write(repo, {"young.seg": UGLY})

    assert committed(repo, env).returncode == 1
    assert (repo / "young.seg").read_text() == GOOD
    assert committed(repo, env).returncode == 0


def test_taking_a_file_away_that_others_need_is_not_committed(repo: Path, env: dict[str, str]) -> None:
    write(repo, {"young.seg": GOOD, "old.seg": "segment old\n    where not in segment young\n"})
    assert committed(repo, env).returncode == 0
    (repo / "young.seg").unlink()
    done = committed(repo, env)

    assert (done.returncode, "`young`" in done.stdout) == (1, True)


def test_what_is_not_staged_does_not_count(repo: Path, env: dict[str, str]) -> None:
    write(repo, {"young.seg": GOOD})
    run("git", "add", "young.seg", cwd=repo, env=env)
    write(repo, {"young.seg": BAD})
    done = run("git", "commit", "-m", "a change", cwd=repo, env=env)

    assert done.returncode == 0, done.stdout
    assert (repo / "young.seg").read_text() == BAD


def test_a_draft_that_git_does_not_know_stops_a_commit_unless_the_project_leaves_it_out(
    repo: Path, env: dict[str, str]
) -> None:
    write(repo, {"drafts/young.seg": BAD, "good.seg": GOOD})
    run("git", "add", "good.seg", cwd=repo, env=env)
    assert run("git", "commit", "-m", "a change", cwd=repo, env=env).returncode == 1
    write(repo, {"segql.toml": 'exclude = ["drafts/**"]\n'})
    run("git", "add", "segql.toml", cwd=repo, env=env)
    done = run("git", "commit", "-m", "a change", cwd=repo, env=env)

    assert done.returncode == 0, done.stdout
    assert last(repo, env) == ["good.seg", "segql.toml"]


def test_markdown_is_laid_out_where_the_hook_is_told_to_take_it(repo: Path, env: dict[str, str]) -> None:
    text = "# Ours\n\n```segql\nage<30\n```\n"
    write(repo, {"before.md": text})
    assert committed(repo, env).returncode == 0
    path = repo / ".pre-commit-config.yaml"
    said = "        files: \\.(seg|md|markdown)$\n"
    assert said in (checkout() / "docs/ci.md").read_text(encoding="utf-8")
    path.write_text(path.read_text() + said)
    write(repo, {"after.md": text, "young.seg": UGLY, "notes.txt": "age<30"})

    assert committed(repo, env).returncode == 1
    assert [(repo / each).read_text() for each in ("before.md", "after.md")] == [text, text.replace("<", " < ")]
    assert (repo / "young.seg").read_text() == GOOD
    assert committed(repo, env).returncode == 0


def test_the_runner_takes_the_list_of_hooks() -> None:
    path = checkout() / ".pre-commit-hooks.yaml"
    done = run(
        sys.executable, "-m", "pre_commit", "validate-manifest", str(path), cwd=path.parent, env=dict(os.environ)
    )

    assert done.returncode == 0, done.stdout
