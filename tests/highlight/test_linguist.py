"""What git makes of the lines for GitHub."""

from __future__ import annotations

import subprocess
from pathlib import Path

from segql.highlight import GITATTRIBUTES


def test_git_reads_the_attributes_of_segments_and_of_nothing_else(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitattributes").write_text(GITATTRIBUTES, encoding="utf-8")
    done = subprocess.run(
        ["git", "check-attr", "--all", "segments/vip.seg", "segql.toml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert sorted(done.stdout.splitlines()) == [
        "segments/vip.seg: eol: lf",
        "segments/vip.seg: linguist-detectable: unset",
        "segments/vip.seg: linguist-language: AppleScript",
        "segments/vip.seg: text: set",
    ]
