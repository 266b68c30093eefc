"""`segql fmt`."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.cli.terminal import segql
from tests.folders import write

UGLY = "segment young WHERE age<30 and   plan='pro'  # who\n"
NEAT = 'segment young\n    where age < 30\n      and plan = "pro"  # who\n'


def test_files_are_laid_out(tmp_path: Path) -> None:
    write(tmp_path, {"a.seg": UGLY, "deep/b.seg": NEAT, "page.md": "```segql\nage<30\n```\n"})
    done = segql("fmt", cwd=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "1 file reformatted, 1 file left unchanged\n")
    assert (tmp_path / "a.seg").read_text() == NEAT
    assert "age<30" in (tmp_path / "page.md").read_text()


def test_a_check_tells_and_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.seg": UGLY, "b.seg": NEAT})
    done = segql("fmt", "--check", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "a.seg would change\n1 file would change, 1 file left unchanged\n"
    assert (tmp_path / "a.seg").read_text() == UGLY
    assert segql("fmt", "--check", "b.seg", cwd=tmp_path).returncode == 0


def test_a_diff_shows_and_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.seg": UGLY.rstrip("\n")})
    done = segql("fmt", "--diff", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "--- a.seg",
        "+++ a.seg",
        "@@ -1 +1,3 @@",
        f"-{UGLY.rstrip()}",
        "\\ No newline at end of file",
        *(f"+{line}" for line in NEAT.splitlines()),
    ]
    assert (tmp_path / "a.seg").read_text() == UGLY.rstrip("\n")


def test_standard_input_is_laid_out_on_standard_output(tmp_path: Path) -> None:
    done = segql("fmt", "-", cwd=tmp_path, typed=UGLY.encode())

    assert (done.returncode, done.stdout) == (0, NEAT)


def test_the_fences_of_a_markdown_file_are_laid_out(tmp_path: Path) -> None:
    page = "# Who\n\n- so:\n\n  ```segql\n  {}\n  ```\n\n```sql\nselect  1\n```\n"
    write(tmp_path, {"page.md": page.format("age<30   # x")})
    done = segql("fmt", "page.md", cwd=tmp_path)

    assert done.returncode == 0
    assert (tmp_path / "page.md").read_text() == page.format("age < 30  # x")


def test_what_is_broken_stays_and_is_told_at_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"a.seg": f"segment  b where (age <\n{UGLY}", "page.md": "one\n\n```segql\nage < \n```\n"})
    done = segql("fmt", "a.seg", "page.md", cwd=tmp_path)

    assert done.returncode == 1
    assert (tmp_path / "a.seg").read_text() == f"segment  b where (age <\n\n{NEAT}"
    assert "a.seg:1:23" in done.stderr
    assert "page.md:4:5" in done.stderr


def test_the_width_is_a_setting(tmp_path: Path) -> None:
    write(tmp_path, {"segql.toml": "[fmt]\nwidth = 30\n", "a.seg": "trait a = count(purchase in last 90 days)\n"})
    segql("fmt", cwd=tmp_path)

    assert (tmp_path / "a.seg").read_text() == "trait a =\n    count(\n        purchase in last 90 days\n    )\n"


@pytest.mark.parametrize("setting", ["[fmt]\nwidht = 80\n", "[fmt]\nwidth = 0\n", "fmt = 80\n"])
def test_a_wrong_setting_is_told(tmp_path: Path, setting: str) -> None:
    write(tmp_path, {"segql.toml": setting, "a.seg": UGLY})
    done = segql("fmt", cwd=tmp_path)

    assert done.returncode == 2
    assert "segql.toml" in done.stderr
    assert (tmp_path / "a.seg").read_text() == UGLY


def test_a_file_keeps_the_ends_of_its_lines_and_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "a.seg"
    path.write_bytes(UGLY.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    segql("fmt", cwd=tmp_path)

    assert path.read_bytes() == NEAT.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = segql("fmt", "nope.seg", cwd=tmp_path)

    assert done.returncode == 2
    assert "nope.seg" in done.stderr


def test_what_is_no_text_is_told_and_left(tmp_path: Path) -> None:
    (tmp_path / "a.seg").write_bytes(b"segment \xff where age<30\n")
    write(tmp_path, {"b.seg": UGLY})
    done = segql("fmt", cwd=tmp_path)

    assert done.returncode != 0
    assert (tmp_path / "b.seg").read_text() == NEAT
    assert (tmp_path / "a.seg").read_bytes() == b"segment \xff where age<30\n"
