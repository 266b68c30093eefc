"""What the GitHub Action does: install segql beside everything else, run it, and hand on its status.

Inputs come by the environment, as `action.yml` gives them.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import venv
from pathlib import Path

# The commands that can write annotations and SARIF.
REPORTING = ("check", "lint")
COMMANDS = (*REPORTING, "fmt")


def main() -> int:
    """Return the status of the command."""
    command = os.environ["SEGQL_COMMAND"].strip()
    sarif = os.environ["SEGQL_SARIF"].strip()
    if command not in COMMANDS or (sarif and command not in REPORTING):
        wrong = f"sarif is not for `{command}`" if command in COMMANDS else f"there is no command `{command}` here"
        print(f"::error title=segql::{wrong}; there are {', '.join(COMMANDS)}")
        return 2
    segql = installed()
    project = os.environ["SEGQL_PROJECT"].strip()
    asked = shlex.split(os.environ["SEGQL_ARGS"]) + (["--project", project] if project else [])
    asked += [path for line in os.environ["SEGQL_PATHS"].splitlines() if (path := line.strip())]
    if command == "fmt":
        return run([*segql, "fmt", "--check", *asked])
    status = run([*segql, command, "--format", "github", *asked])
    if sarif:
        with Path(sarif).open("wb") as file:
            report = subprocess.run([*segql, command, "--quiet", "--format", "sarif", *asked], stdout=file, check=False)
        status = max(status, report.returncode)
        with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
            outputs.write(f"sarif={sarif}\n")
    return status


def installed() -> list[str]:
    """Install segql into an environment of its own, and return how it is called."""
    folder = Path(os.environ["RUNNER_TEMP"]) / "segql"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    version = os.environ["SEGQL_VERSION"].strip()
    # This file stands in a checkout of the action, whose version is that of its tag.
    what = f"segql=={version}" if version else str(Path(__file__).resolve().parents[1])
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", what], check=True)
    return [str(python), "-m", "segql"]


def run(command: list[str]) -> int:
    """Run a command with its output in the log, and return its status."""
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
