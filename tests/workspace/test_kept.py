"""What files said is found again as long as they, and the parser, are the same; and never instead of what they say."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from segql.cli.workspaces import Asked
from segql.source import Source
from segql.syntax import parse
from segql.workspace import kept
from segql.workspace.kept import Kept
from segql.workspace.root import find_home
from segql.workspace.workspace import Options, Workspace

CATALOG = "entity customer\n    from customers\n    key customer_id\n    age integer\n"
YOUNG = "segment young of customer where age < 30\n"
FILES = ("catalog.seg", "young.seg")
DEMO = sorted((Path(__file__).parents[2] / "segql" / "demo" / "files").rglob("*.seg"))


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches" / "segql" / "parsed"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "catalog.seg").write_text(CATALOG, encoding="utf-8")
    (folder / "young.seg").write_text(YOUNG, encoding="utf-8")
    return folder


def read(root: Path, *sources: Source) -> Kept:
    """Read sources as one command does."""
    found = Kept(root, [each.name for each in sources])
    for each in sources:
        assert found.read(each) == parse(each)
    found.save()
    return found


def is_found(root: Path, source: Source) -> bool:
    """Say whether a source is found; what is found is another object than what was parsed, and says the same."""
    again = Kept(root, [source.name])
    assert again.read(source) == parse(source)
    return not again._is_new


def the_file(caches: Path) -> Path:
    (found,) = caches.iterdir()
    return found


def test_every_file_of_the_demo_is_found_again(tmp_path: Path) -> None:
    sources = [Source.of(each.name, each.read_text(encoding="utf-8")) for each in DEMO]
    assert sources
    read(tmp_path, *sources)

    assert all(is_found(tmp_path, each) for each in sources)


def test_places_and_comments_are_those_that_were_written(tmp_path: Path) -> None:
    source = Source.of("young.seg", f"# who is young\n{YOUNG}")
    read(tmp_path, source)

    found, parsed = Kept(tmp_path, ["young.seg"]).read(source), parse(source)

    assert found.module.span == parsed.module.span
    assert [each.span for each in found.module.declarations] == [each.span for each in parsed.module.declarations]
    assert found.module.declarations[0].span.line == 2


@pytest.mark.parametrize(
    "other",
    [Source.of("young.seg", YOUNG.replace("30", "31")), Source.of("old.seg", YOUNG)],
    ids=["another text", "another name"],
)
def test_what_has_changed_is_parsed(tmp_path: Path, other: Source) -> None:
    read(tmp_path, Source.of("young.seg", YOUNG))

    assert not is_found(tmp_path, other)


def test_another_project_has_its_own(tmp_path: Path) -> None:
    read(tmp_path / "a-b", Source.of("young.seg", YOUNG))

    assert not is_found(tmp_path / "a" / "b", Source.of("young.seg", YOUNG))


def test_another_version_parses_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source.of("young.seg", YOUNG)
    read(tmp_path, source)
    assert is_found(tmp_path, source)

    monkeypatch.setattr(kept, "VERSION", "9.9.9")

    assert not is_found(tmp_path, source)


def test_what_is_wrong_is_told_each_time(tmp_path: Path, caches: Path) -> None:
    source = Source.of("young.seg", "segment young of customer where age <\n")
    read(tmp_path, source)

    assert not list(caches.iterdir())
    assert Kept(tmp_path, ["young.seg"]).read(source).diagnostics


def test_what_is_typed_is_not_kept(tmp_path: Path, caches: Path) -> None:
    found = Kept(tmp_path, [])
    assert found.read(Source.of("-e", "age < 30")).module.is_bare
    found.save()

    assert not list(caches.iterdir())


@pytest.mark.parametrize("at", [0, 5, 40, -1])
def test_a_damaged_file_counts_for_nothing(tmp_path: Path, caches: Path, at: int) -> None:
    source = Source.of("young.seg", YOUNG)
    read(tmp_path, source)
    file = the_file(caches)
    damaged = bytearray(file.read_bytes())
    damaged[at] ^= 0xFF
    file.write_bytes(damaged)

    assert not is_found(tmp_path, source)


@pytest.mark.parametrize("size", [0, 3, 4, 50])
def test_a_file_that_was_cut_off_counts_for_nothing(tmp_path: Path, caches: Path, size: int) -> None:
    source = Source.of("young.seg", YOUNG)
    read(tmp_path, source)
    file = the_file(caches)
    file.write_bytes(file.read_bytes()[:size])

    assert not is_found(tmp_path, source)


class _Harmful:
    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.file),)


def test_nothing_is_called_that_is_no_part_of_a_tree(tmp_path: Path, caches: Path) -> None:
    source, harm = Source.of("young.seg", YOUNG), tmp_path / "harm"
    read(tmp_path, source)
    told = pickle.dumps(_Harmful(harm))
    the_file(caches).write_bytes(zlib.crc32(told).to_bytes(4, "big") + told)

    assert not is_found(tmp_path, source)
    assert not harm.exists()


def test_without_a_folder_to_write_to_all_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    source = Source.of("young.seg", YOUNG)
    read(tmp_path, source)

    assert not is_found(tmp_path, source)


def test_old_projects_make_room(tmp_path: Path, caches: Path) -> None:
    for number in range(60):
        read(tmp_path / str(number), Source.of("young.seg", YOUNG))

    assert len(list(caches.iterdir())) == 50
    assert is_found(tmp_path / "59", Source.of("young.seg", YOUNG))


def test_many_may_check_at_once(shop: Path, caches: Path) -> None:
    command = [sys.executable, "-m", "segql", "check"]
    started = [subprocess.Popen(command, cwd=shop, stderr=subprocess.PIPE, text=True) for _ in range(6)]

    said = {each.communicate()[1] for each in started}

    assert said == {"1 segment, no errors\n"}
    assert the_file(caches).suffix == ".bin"
    (shop / "young.seg").write_text(YOUNG.replace("age", "size"), encoding="utf-8")
    done = subprocess.run(command, cwd=shop, capture_output=True, text=True, check=False)
    assert "`size`" in done.stdout


def test_a_second_check_loads_no_parser(shop: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom segql.cli.workspaces import Asked\n"
        "assert not Asked().workspace().diagnostics()\nprint('lark' in sys.modules)"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", code], cwd=shop, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )

    assert (first, second) == ("True\n", "False\n")


@pytest.mark.parametrize("no_cache", [True, False])
def test_only_commands_keep_something_and_only_if_they_may(shop: Path, caches: Path, no_cache: bool) -> None:
    assert not Workspace(find_home(shop), Options()).diagnostics()
    assert not caches.exists()

    assert not Asked(project=shop, no_cache=no_cache).workspace().diagnostics()
    assert caches.exists() is not no_cache
