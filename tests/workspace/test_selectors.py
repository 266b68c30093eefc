"""Which segments are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from segql.diagnostics import SegqlError
from segql.workspace.root import find_home
from segql.workspace.selectors import select
from segql.workspace.workspace import Workspace
from tests.folders import CATALOG, write

FILES = {
    "catalog.seg": CATALOG,
    "a.seg": 'segment vip\n    owner "crm@x"\n    tags email, top\n    where age > 60\n',
    "sub/b.seg": "segment churn_soon\n    tags email\n    where age > 50\n"
    'segment churn_late\n    owner "growth@x"\n    where age > 40\n',
    "sub/bare.seg": "age > 30\n",
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.chdir(write(tmp_path, FILES))
    return Workspace(find_home())


def selected(workspace: Workspace, *selectors: str) -> list[str]:
    return select(selectors, workspace.analyzed.definitions, workspace.file_of)


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (["vip"], ["vip"]),
        (["vip", "bare"], ["vip", "bare"]),
        (["vip", "vip"], ["vip"]),
        (["churn*"], ["churn_late", "churn_soon"]),
        (["churn_?ate"], ["churn_late"]),
        (["*"], ["bare", "churn_late", "churn_soon", "vip"]),
        (["vip", "*"], ["vip", "bare", "churn_late", "churn_soon"]),
        (["tag:email"], ["churn_soon", "vip"]),
        (["tag:e*"], ["churn_soon", "vip"]),
        (["owner:crm@x"], ["vip"]),
        (["owner:*@x"], ["churn_late", "vip"]),
        (["a.seg"], ["vip"]),
        (["./a.seg"], ["vip"]),
        (["sub"], ["bare", "churn_late", "churn_soon"]),
        (["sub/b.seg"], ["churn_late", "churn_soon"]),
        (["./"], ["bare", "churn_late", "churn_soon", "vip"]),
    ],
)
def test_selectors(workspace: Workspace, selectors: list[str], expected: list[str]) -> None:
    assert selected(workspace, *selectors) == expected


@pytest.mark.parametrize(
    ("selector", "message", "hint"),
    [
        ("vpi", "no segment has the name `vpi`", "`vip` is the closest"),
        ("nothing_like_it", "no segment has the name `nothing_like_it`", "`segql list` shows every segment"),
        ("x*", "no segment has the pattern `x*`", "`segql list` shows every segment"),
        ("tag:emial", "no segment has the tag `emial`", "`email` is the closest"),
        ("tag:zzz", "no segment has the tag `zzz`", "there are `email`, `top`"),
        ("owner:grwth@x", "no segment has the owner `grwth@x`", "`growth@x` is the closest"),
        ("sub/nowhere.seg", "no segment has the path `sub/nowhere.seg`", "`segql list` shows every segment"),
        ("catalog.seg", "no segment has the path `catalog.seg`", "`segql list` shows every segment"),
    ],
)
def test_what_selects_nothing_is_told(workspace: Workspace, selector: str, message: str, hint: str) -> None:
    with pytest.raises(SegqlError) as raised:
        selected(workspace, selector)
    (found,) = raised.value.diagnostics

    assert (found.code, found.message, found.hint) == ("E606", message, hint)


def test_every_selector_that_selects_nothing_is_told(workspace: Workspace) -> None:
    with pytest.raises(SegqlError) as raised:
        selected(workspace, "vpi", "vip", "x*")

    assert len(raised.value.diagnostics) == 2
