"""What a new project adds to its git repository: attributes of its files, the schema of its settings, a job for CI."""

from __future__ import annotations

import json
from enum import StrEnum
from importlib import resources
from pathlib import Path, PurePosixPath

from segql.version import VERSION
from segql.workspace.root import repository_of

ATTRIBUTES = ".gitattributes"
# Where editors find the schema; hidden, as nobody reads it.
SCHEMA = ".segql/segql.schema.json"


class Ci(StrEnum):
    """The services that a job can be written for."""

    GITHUB = "github"
    GITLAB = "gitlab"


_PLACES = {Ci.GITHUB: ".github/workflows/segql.yml", Ci.GITLAB: ".gitlab-ci.yml"}


def schema_text() -> str:
    """Return the schema of the settings as it is published.

    Example:
        >>> "timezone" in schema_text()
        True
    """
    return (resources.files("segql.workspace") / "segql.schema.json").read_text(encoding="utf-8")


def with_schema(settings: str) -> str:
    """Return the text of `segql.toml` with the line by which editors find the schema.

    Example:
        >>> with_schema('timezone = "UTC"').splitlines()[0]
        '#:schema ./.segql/segql.schema.json'
    """
    return settings if settings.startswith("#:schema ") else f"#:schema ./{SCHEMA}\n\n{settings}"


def ci_place(folder: Path, ci: Ci) -> Path:
    """Return where the job for the project in `folder` belongs: CI looks only at the root of a repository.

    Example:
        ci_place(Path("shop"), Ci.GITHUB)
    """
    return repository_of(folder) / _PLACES[ci]


def ci_text(folder: Path, ci: Ci) -> str:
    """Return the job that checks the project in `folder`.

    Example:
        >>> "segql check" in ci_text(Path("shop"), Ci.GITLAB)
        True
    """
    below = PurePosixPath(folder.resolve().relative_to(repository_of(folder).resolve()))
    form = _GITHUB if ci is Ci.GITHUB else _GITLAB
    # In YAML as in JSON, a text in quotes is safe whatever it holds.
    return form.replace("VERSION", VERSION).replace("FOLDER", json.dumps(str(below), ensure_ascii=False))


_GITHUB = """\
# What is wrong with segments is shown beside the lines of a pull request.
name: segments

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    env:
      SEGQL_PROJECT: FOLDER
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
        with:
          python-version: "3.12"
      - run: python -m pip install "segql==VERSION"
      - run: segql check --project "$SEGQL_PROJECT" --format github
      - run: segql fmt --project "$SEGQL_PROJECT" --check
"""

_GITLAB = """\
# What is wrong with segments is shown beside the lines of a merge request, and among its tests.
segments:
  image: python:3.12-slim
  variables:
    SEGQL_PROJECT: FOLDER
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  before_script:
    - python -m pip install --quiet "segql==VERSION"
  script:
    - status=0
    - segql check --project "$SEGQL_PROJECT" || status=$?
    - segql check --project "$SEGQL_PROJECT" --quiet --format gitlab > gl-code-quality-report.json || true
    - segql check --project "$SEGQL_PROJECT" --quiet --format junit > segql-junit.xml || true
    - segql fmt --project "$SEGQL_PROJECT" --check || status=$?
    - exit "$status"
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
      junit: segql-junit.xml
"""
