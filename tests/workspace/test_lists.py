"""Static lists, and files that a project names."""

from __future__ import annotations

from pathlib import Path

import pytest

from segql.catalog import Catalog, Entity, StaticList, Table
from segql.diagnostics import SegqlError
from segql.source import Source
from segql.workspace.confine import confined, outsiders
from segql.workspace.lists import ListKeys, list_problems
from tests.folders import write

SPAN = Source.of("catalog.seg", "list vip").span(0, 8)


def vip(path: str = "vip.csv", key: str = "id") -> StaticList:
    return StaticList("vip", "customer", path, key, span=SPAN)


def keys(root: Path, found: StaticList | None = None) -> tuple[str, ...]:
    return ListKeys({"vip": found or vip()}, root, [])["vip"]


def test_keys_are_text_in_the_order_of_the_file_each_once(tmp_path: Path) -> None:
    write(tmp_path, {"vip.csv": "name,id\nAda,007\nBob,3\nEve,007\n"})

    assert keys(tmp_path) == ("007", "3")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeffid\n1\n", ("1",)),
        ("id\r\n1\r\n2\r\n", ("1", "2")),
        ("id\n1", ("1",)),
        ("id\n", ()),
        ('id,x\n"a,b",1\n"c""d",2\n"e\nf",3\n', ("a,b", 'c"d', "e\nf")),
        ('id,x\n,1\n"",2\n', ("",)),
        ("id\nNULL\nNA\nnull\n", ("NULL", "NA", "null")),
        ("id\n 1 \n", (" 1 ",)),
        ('"the id",id\n1,2\n', ("2",)),
        ("id\nÄ\n名\n", ("Ä", "名")),
    ],
)
def test_csv_as_it_comes(tmp_path: Path, text: str, expected: tuple[str, ...]) -> None:
    (tmp_path / "vip.csv").write_bytes(text.encode())

    assert keys(tmp_path) == expected


@pytest.mark.parametrize(
    ("files", "found", "code", "hint"),
    [
        ({"vips.csv": "id\n"}, vip(), "E625", "`vips.csv` is the closest"),
        ({"lists/vip.csv": "id\n"}, vip("lists/vp.csv"), "E625", "`lists/vip.csv` is the closest"),
        ({}, vip(), "E625", "paths begin at the project's folder"),
        ({"vip.csv": "idd,x\n"}, vip(), "E626", "`idd` is the closest"),
        ({"vip.csv": "a,b\n"}, vip(), "E626", "names `a`, `b`"),
        ({"vip.csv": ""}, vip(), "E626", "must name the columns"),
        ({"vip.csv": "id,id\n"}, vip(), "E626", "different names"),
        ({"vip.csv/x": ""}, vip(), "E625", ""),
    ],
)
def test_what_the_first_line_tells(
    tmp_path: Path, files: dict[str, str], found: StaticList, code: str, hint: str
) -> None:
    write(tmp_path, files)
    (problem,) = list_problems(found, tmp_path, [])

    assert problem.code == code
    assert hint in problem.hint
    assert problem.span == SPAN


def test_a_list_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "vip.csv").write_bytes(b"id,name\n1,caf\xe9\n")
    (problem,) = list_problems(vip(), tmp_path, [])

    assert problem.code == "E627"
    assert problem.message == "`vip.csv` cannot be read: byte 13 is not UTF-8"


def test_a_ragged_list_is_told_when_it_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"vip.csv": "id,name\n1,Ada\n2,Bob,extra\n"})
    with pytest.raises(SegqlError) as raised:
        keys(tmp_path)

    assert raised.value.diagnostics[0].code == "E627"
    assert "2,Bob,extra" in raised.value.diagnostics[0].message


def test_a_file_is_read_when_its_list_is_asked_for(tmp_path: Path) -> None:
    lists = ListKeys({"vip": vip("nowhere.csv")}, tmp_path, [])

    assert list(lists) == ["vip"]
    with pytest.raises(SegqlError):
        lists["vip"]


# ── files stay below the root ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("written", ["data/a.csv", "./data/a.csv", "data/../data/a.csv", "nowhere.csv"])
def test_paths_below_the_root_are_ours(tmp_path: Path, written: str) -> None:
    write(tmp_path, {"data/a.csv": ""})

    assert confined(tmp_path, [], written) == tmp_path / written


@pytest.mark.parametrize("written", ["../a.csv", "/etc/passwd", "data/../../a.csv", "a\0b", "link.csv", "folder/a.csv"])
def test_no_path_leads_out(tmp_path: Path, written: str) -> None:
    root = tmp_path / "shop"
    write(tmp_path, {"out/a.csv": "", "shop/data/x": ""})
    (root / "link.csv").symlink_to(tmp_path / "out/a.csv")
    (root / "folder").symlink_to(tmp_path / "out")

    assert confined(root, [], written) is None


def test_a_folder_that_the_connection_allows_is_ours(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(tmp_path, {"out/a.csv": "", "shop/x": ""})

    assert confined(tmp_path / "shop", [out], "../out/a.csv") is not None
    assert confined(tmp_path / "shop", [out], str(out / "a.csv")) is not None


def test_a_root_behind_a_link_is_a_root(tmp_path: Path) -> None:
    write(tmp_path, {"real/a.csv": ""})
    (tmp_path / "shop").symlink_to(tmp_path / "real")

    assert confined(tmp_path / "shop", [], "a.csv") is not None


def test_files_of_the_catalog_that_lie_outside_are_told(tmp_path: Path) -> None:
    span = Source.of("catalog.seg", '"../a.csv"').span(0, 10)
    table = Table(("../a.csv",), is_file=True, span=span)
    catalog = Catalog(entities={"x": Entity("x", table, "id", {})}, lists={"vip": vip("/etc/passwd")})
    first, second = outsiders(catalog, tmp_path, [])

    assert (first.code, first.span) == ("E624", span)
    assert (second.code, second.span) == ("E624", SPAN)
