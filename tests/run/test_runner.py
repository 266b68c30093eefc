"""Asking an engine: members, counts, long lists, and engines that give up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

import segql
from segql.run.head import Head
from segql.run.runner import Runner
from segql.workspace.root import find_home
from segql.workspace.workspace import Workspace
from tests.folders import CATALOG, database, shop, write

# Whole numbers that a machine word cannot hold once they are multiplied.
FAILING = "segment too_much\n    where huge * huge * huge > 1\n"


@contextmanager
def asked(root: Path) -> Iterator[tuple[Runner, Workspace]]:
    workspace = Workspace(find_home(root))
    with workspace.runner() as runner:
        yield runner, workspace


def failing(folder: Path) -> Path:
    """Make a project in which one segment makes the engine give up."""
    catalog = CATALOG.replace("    country       text\n", "    country       text\n    huge          integer\n")
    write(shop(folder), {"catalog.seg": catalog, "too_much.seg": FAILING})
    (folder / "shop.duckdb").unlink()
    database(
        folder / "shop.duckdb",
        "create table customers (customer_id integer, age integer, huge hugeint);"
        "insert into customers select range, range, 170141183460469231731687303715884105727 from range(40);"
        "create table orders (customer_id integer, ordered_at timestamp)",
    )
    return folder


def test_members_of_several_say_which(tmp_path: Path) -> None:
    with asked(shop(tmp_path)) as (runner, workspace):
        found = runner.members(["everyone_else", "young"], workspace.clock())

        assert found.reader.read_all().to_pydict() == {"segment": ["everyone_else", "young"], "customer_id": [3, 1]}
        assert found.failures == []


def test_counts_come_with_the_size_of_the_entity_where_it_is_asked_for(tmp_path: Path) -> None:
    with asked(shop(tmp_path)) as (runner, workspace):
        found = runner.counts(["young", "buyers"], workspace.clock(), with_size=True)
        alone = runner.counts(["young", "buyers"], workspace.clock())

    assert (found.entity, dict(found.counts), found.size) == ("customer", {"young": 1, "buyers": 2}, 3)
    assert (dict(alone.counts), alone.size) == (dict(found.counts), None)


def test_where_one_fails_the_others_are_answered(tmp_path: Path) -> None:
    with asked(failing(tmp_path)) as (runner, workspace):
        found = runner.members(["young", "too_much", "everyone_else"], workspace.clock())
        table = found.reader.read_all()

    assert table.column_names == ["segment", "customer_id"]
    assert table.num_rows == 30 + 40
    assert [each.code for each in found.failures] == ["E501"]
    assert "`too_much`" in found.failures[0].message
    assert found.failures[0].span is not None


def test_where_one_fails_the_others_are_counted(tmp_path: Path) -> None:
    with asked(failing(tmp_path)) as (runner, workspace):
        found = runner.counts(["too_much", "young"], workspace.clock(), with_size=True)

    assert dict(found.counts) == {"young": 30}
    assert found.size == 40
    assert [each.code for each in found.failures] == ["E501"]


def test_one_that_fails_alone_is_told(tmp_path: Path) -> None:
    with asked(failing(tmp_path)) as (runner, workspace):
        with pytest.raises(segql.SegqlError) as raised:
            runner.members(["too_much"], workspace.clock())
        counted = runner.counts(["too_much"], workspace.clock())

    assert [each.code for each in raised.value.diagnostics] == ["E501"]
    assert "\n" not in raised.value.diagnostics[0].message
    assert (counted.counts, counted.failures) == ({}, raised.value.diagnostics)


def test_where_all_fail_all_are_told(tmp_path: Path) -> None:
    write(failing(tmp_path), {"again.seg": "segment again\n    where huge * huge > 1\n"})
    with asked(tmp_path) as (runner, workspace):
        with pytest.raises(segql.SegqlError) as raised:
            runner.members(["too_much", "again"], workspace.clock())
        counted = runner.counts(["too_much", "again"], workspace.clock())

        assert len(raised.value.diagnostics) == 2
        assert (counted.counts, counted.failures) == ({}, raised.value.diagnostics)
    with pytest.raises(segql.SegqlError):
        workspace.counts(["too_much", "again"], workspace.clock())


def test_one_entity_that_fails_does_not_hide_another(tmp_path: Path) -> None:
    write(
        failing(tmp_path),
        {
            "catalog.seg": (tmp_path / "catalog.seg").read_text()
            + "entity order\n    from orders\n    key ordered_at\n",
            "too_much.seg": FAILING.replace("too_much", "too_much of customer"),
            "segments/all.seg": "segment every_order of order\n    where everyone\n",
        },
    )
    workspace = Workspace(find_home(tmp_path))
    customers, orders = workspace.counts(["too_much", "every_order"], workspace.clock())

    assert (customers.counts, len(customers.failures)) == ({}, 1)
    assert orders.counts == {"every_order": 0}


@pytest.mark.parametrize("size", [3, 2_000])
def test_lists_short_and_long(tmp_path: Path, size: int) -> None:
    write(
        shop(tmp_path),
        {
            "vip.seg": 'list vip_ids of customer from "vip.csv" key id\nsegment vip\n    where in list vip_ids\n'
            "segment others\n    where not in list vip_ids\n",
            "vip.csv": "id\n" + "".join(f"{number}\n" for number in range(2, size + 2)),
        },
    )
    project = segql.open(tmp_path)

    assert project.check() == []
    assert project["vip"].members().to_pydict() == {"customer_id": [2, 3]}
    assert project.count(["vip", "others"]) == {"vip": 2, "others": 1}


def test_a_key_called_segment_has_its_own_column(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "catalog.seg": 'entity group\n    from "groups.csv"\n    key segment\n    size integer\n',
            "a.seg": "size > 1",
            "b.seg": "size > 2",
            "groups.csv": "segment,size\nx,2\ny,3\n",
        },
    )
    project = segql.open(tmp_path)

    assert project.run(["a", "b"]).to_pydict() == {"segment": ["a", "a", "b"], "key": ["x", "y", "y"]}


def test_words_of_an_enum_are_text(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "segql.toml": '[connections.default]\nurl = "duckdb:///a.duckdb"\n',
            "catalog.seg": "entity mood\n    from moods\n    key word\n",
            "all.seg": "everyone",
        },
    )
    database(tmp_path / "a.duckdb", "create table moods as select unnest(['sad', 'ok'])::enum('ok', 'sad') as word")

    assert segql.open(tmp_path)["all"].members().schema.types == [pa.string()]


# ── the first rows ──────────────────────────────────────────────────────────────────────────────


def numbers(*sizes: int) -> pa.RecordBatchReader:
    schema = pa.schema([("x", pa.int64())])
    batches = [pa.record_batch([pa.array(range(size))], schema=schema) for size in sizes]
    return pa.RecordBatchReader.from_batches(schema, batches)


@pytest.mark.parametrize(
    ("limit", "taken", "rest"), [(0, 0, 9), (1, 1, 8), (3, 3, 6), (4, 4, 5), (9, 9, 0), (20, 9, 0), (None, 9, 0)]
)
def test_the_first_rows_and_how_many_are_left(limit: int | None, taken: int, rest: int) -> None:
    head = Head(numbers(3, 0, 2, 4), limit)

    assert head.reader().read_all().num_rows == taken
    assert head.rest() == rest
