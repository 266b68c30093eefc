"""`segql fmt`."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import LIBRARY, segql
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
    assert "there is no file or folder `nope.seg`" in done.stderr


def test_what_is_no_text_is_told_and_left(tmp_path: Path) -> None:
    (tmp_path / "a.seg").write_bytes(b"segment \xff where age<30\n")
    write(tmp_path, {"b.seg": UGLY})
    done = segql("fmt", cwd=tmp_path)

    assert done.returncode != 0
    assert (tmp_path / "b.seg").read_text() == NEAT
    assert (tmp_path / "a.seg").read_bytes() == b"segment \xff where age<30\n"


def test_a_fence_that_is_shown_or_is_for_something_else_is_left_alone(tmp_path: Path) -> None:
    fence = "```segql\nage<30\n```\n"
    page = "\n".join(
        [
            f"````text\n{fence}````\n",
            f"<!--\n{fence}-->\n",
            f"<pre>\n{fence}</pre>\n",
            "Indented:\n\n    ```segql\n    age<30\n    ```\n",
            "```segql wrong\nage <\n```\n",
            "```segql-x\nage<30\n```\n",
            "> ```segql\n> age<30\n> ```\n",
        ]
    )
    write(tmp_path, {"page.md": page})
    done = segql("fmt", "page.md", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "1 file left unchanged\n")
    assert (tmp_path / "page.md").read_text() == page


def test_what_is_wrong_in_a_fence_is_told_at_its_place_in_the_page(tmp_path: Path) -> None:
    write(tmp_path, {"page.md": "- so:\n\n  ~~~ segql\n  trait x = 1\n\n  trait y = \n  ~~~\n"})
    done = segql("fmt", "page.md", cwd=tmp_path)

    assert (done.returncode, "page.md:6:11" in done.stderr) == (1, True)


def test_a_fence_may_end_with_its_page(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "```segql\nage<30", "b.md": "```segql", "c.md": "~~~segql\n~~~\n"})

    assert segql("fmt", "a.md", "b.md", "c.md", cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.md").read_text() == "```segql\nage < 30\n"
    assert (tmp_path / "b.md").read_text() == "```segql"


def test_a_folder_that_is_named_means_its_pages_too(tmp_path: Path) -> None:
    pages = {"docs/a.md": "```segql\nage<30\n```\n", "docs/node_modules/b.md": "```segql\nage<30\n```\n"}
    write(tmp_path, {"a.seg": NEAT, **pages})
    done = segql("fmt", "--check", "docs", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (1, "docs/a.md would change\n1 file would change\n")
    assert segql("fmt", "--check", cwd=tmp_path).returncode == 0


def test_the_pages_of_this_project_are_laid_out() -> None:
    done = segql("fmt", "--check", "README.md", "docs/", cwd=LIBRARY)

    assert (done.returncode, "would change" in done.stderr) == (0, False), done.stderr


def test_a_byte_order_mark_and_the_ends_of_most_lines_are_kept(tmp_path: Path) -> None:
    crlf = b"\xef\xbb\xbf# one\r\n# two\n# three\r\ntrait x =   1\r\n"
    (tmp_path / "a.seg").write_bytes(crlf)
    (tmp_path / "b.seg").write_bytes(b"# one\r\n# two\n# three\ntrait y =   1\n")
    segql("fmt", cwd=tmp_path)

    assert (tmp_path / "a.seg").read_bytes() == b"\xef\xbb\xbf# one\r\n# two\r\n# three\r\ntrait x = 1\r\n"
    assert (tmp_path / "b.seg").read_bytes() == b"# one\n# two\n# three\ntrait y = 1\n"


def test_standard_input_keeps_its_mark_and_the_ends_of_its_lines(tmp_path: Path) -> None:
    given = b"\xef\xbb\xbftrait x =   1\r\n# \xe5\x90\x8d\r\n"
    command = [sys.executable, "-m", "segql", "fmt", "-"]
    # Some terminals cannot show every letter; what goes into a file needs them all.
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, input=given, capture_output=True, check=True, env=environment)

    assert done.stdout == b"\xef\xbb\xbftrait x = 1\r\n# \xe5\x90\x8d\r\n"


def test_a_file_that_nobody_may_write_to_is_left_and_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.seg": UGLY, "b.seg": UGLY.replace("young", "old")})
    (tmp_path / "a.seg").chmod(0o444)
    done = segql("fmt", cwd=tmp_path)

    assert (done.returncode, "E503" in done.stderr, "`a.seg` cannot be written" in done.stderr) == (3, True, True)
    assert "--output" not in done.stderr
    assert "1 file reformatted" in done.stderr
    assert (tmp_path / "a.seg").read_text() == UGLY
    assert (tmp_path / "b.seg").read_text() == NEAT.replace("young", "old")


def test_a_file_is_one_file_by_whatever_names(tmp_path: Path) -> None:
    write(tmp_path, {"a.seg": UGLY})
    done = segql("fmt", "--check", "a.seg", "a.seg", "./a.seg", ".", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (1, "a.seg would change\n1 file would change\n")
