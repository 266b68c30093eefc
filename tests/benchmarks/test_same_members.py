"""What is timed means something only if both ways give the same members; nothing is timed here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from benchmarks.analyst import ON_POSTGRES
from benchmarks.asked import Asked, Different, on_duckdb, on_postgres
from benchmarks.bench import Absent
from benchmarks.ground import Ground
from benchmarks.served import server_with
from benchmarks.shapes import SEQUENCE, shapes
from benchmarks.vocabulary import Drawn, draw

SEVEN, ELEVEN = draw(60, seed=7), [replace(each, name=f"other_{each.name}") for each in draw(60, seed=11)]
SHAPES = shapes()
# A few of a million.
RARE = {"browsing_buyers", "first_buyers"}
TABLES = ("customers", "orders", "events")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ground")


@pytest.fixture(scope="module")
def asked(folder: Path) -> Iterator[Asked]:
    with on_duckdb(Ground(0.001).file(folder), [*SEVEN, *ELEVEN, *SHAPES, SEQUENCE]) as found:
        yield found


@pytest.mark.parametrize("drawn", [SEVEN, ELEVEN, SHAPES], ids=["seed 7", "seed 11", "shapes"])
def test_segments_have_the_members_of_the_expert_s_queries(asked: Asked, drawn: list[Drawn]) -> None:
    asked.compare(drawn)


@pytest.mark.parametrize("shape", [*SHAPES, SEQUENCE], ids=lambda each: each.name)
def test_so_has_each_shape_alone(asked: Asked, shape: Drawn) -> None:
    asked.compare([shape])

    assert asked.request([shape.name]) == asked.expert([shape])
    # Nobody and everybody would show nothing.
    assert shape.name in RARE or 0 < asked.expert([shape])[0] < 1000


def test_many_random_segments_have_members(asked: Asked) -> None:
    assert sum(count > 0 for count in asked.expert(SEVEN)) > len(SEVEN) / 3


def test_a_request_is_the_same_with_its_looks_at_the_tables(asked: Asked) -> None:
    names = [each.name for each in SEVEN]

    assert replace(asked, whole=True).request(names) == asked.request(names)


def test_a_member_more_is_a_difference(asked: Asked) -> None:
    wrong = replace(SHAPES[0], expert="select customer_id from customers where age <= 30")

    with pytest.raises(Different, match=r"young has \d+ members, by the expert's query"):
        asked.compare([wrong])


def test_as_many_others_are_a_difference(asked: Asked) -> None:
    wrong = replace(SHAPES[0], expert="select customer_id + 1 as customer_id from customers where age < 30")

    with pytest.raises(Different):
        asked.compare([wrong, *SEVEN])


def test_little_memory_is_that_of_the_connection_that_answers(tmp_path: Path) -> None:
    with on_duckdb(Ground(0.001).file(tmp_path), SEVEN, memory="1GB") as limited:
        table = limited.backend.execute("SELECT current_setting('memory_limit'), current_setting('threads')").read_all()

    assert [each[0].as_py() for each in table.columns] == ["953.6 MiB", 2]


def test_on_postgres_they_have_the_same_members_too(tmp_path: Path) -> None:
    drawn = [*draw(60, 7, ON_POSTGRES), *shapes(ON_POSTGRES)]
    file = Ground(0.001).file(tmp_path)
    with ExitStack() as stack:
        try:
            uri = stack.enter_context(server_with(file))
        except Absent as error:
            pytest.skip(str(error))
        asked = stack.enter_context(on_postgres(uri, drawn))
        asked.compare(drawn)
        assert sum(asked.expert(drawn)) > 0


def test_fewer_segments_are_the_first_of_more() -> None:
    assert draw(200, seed=7)[:60] == SEVEN


def test_the_data_is_as_large_as_its_scale_and_the_same_again(tmp_path: Path) -> None:
    ground = Ground(0.001)
    assert (ground.customers, ground.orders, ground.events) == (1_000, 10_000, 20_000)
    assert Ground(0.001, more_events=5).events == 100_000

    def rows(path: Path) -> list[tuple[object, ...]]:
        with duckdb.connect(str(path), read_only=True) as connection:
            return [connection.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {t} AS t").fetchone() for t in TABLES]

    first, second = rows(ground.file(tmp_path / "first")), rows(ground.file(tmp_path / "second"))
    assert [each[0] for each in first] == [1_000, 10_000, 20_000]
    assert first == second


def test_what_was_not_finished_is_made_anew(tmp_path: Path) -> None:
    ground = Ground(0.001)
    ground.path(tmp_path).with_suffix(".unfinished").write_text("half of it")

    with duckdb.connect(str(ground.file(tmp_path)), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (10_000,)
