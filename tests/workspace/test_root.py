"""Where a project begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from segql.diagnostics import SegqlError
from segql.workspace.root import find_home
from tests.folders import write


def test_the_nearest_settings_upwards_are_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"segql.toml": "", "shop/segql.toml": "", "shop/segments/deep/a.seg": ""})
    monkeypatch.chdir(tmp_path / "shop/segments/deep")

    assert find_home().root == tmp_path / "shop"


def test_without_settings_it_is_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"segments/a.seg": ""})
    monkeypatch.chdir(tmp_path)

    assert find_home().root == tmp_path
    assert find_home(None, tmp_path / "segments").root == tmp_path


def test_a_path_elsewhere_is_a_project_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"here/x": "", "there/a.seg": ""})
    monkeypatch.chdir(tmp_path / "here")

    assert find_home(None, tmp_path / "there").root == tmp_path / "there"


def test_a_named_folder_is_the_root_whatever_stands_above(tmp_path: Path) -> None:
    write(tmp_path, {"segql.toml": "timezone = 'Asia/Tokyo'", "shop/a.seg": ""})
    found = find_home(tmp_path / "shop")

    assert found.root == tmp_path / "shop"
    assert found.config.timezone == "UTC"


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_a_folder_that_is_none_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"file": ""})
    with pytest.raises(SegqlError) as raised:
        find_home(tmp_path / name)

    assert raised.value.diagnostics[0].code == "E605"
