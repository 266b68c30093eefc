from decimal import Decimal

import pytest

from segql.plan import Average, End, Extreme, Measure, Median, Percentile, Quantile, Rank
from segql.reference.population import by_group, measured

VALUES = {"ada": 50, "bob": 40, "cara": 40, "dan": 30}


@pytest.mark.parametrize(
    ("measure", "found"),
    [
        (Rank(), [1, 2, 2, 4]),
        (Quantile(2), [2, 1, 1, 1]),
        (Quantile(4), [4, 2, 2, 1]),
        (Average(), [Decimal("40.000000")] * 4),
        (Median(), [Decimal("40.000000")] * 4),
        (Percentile(Decimal(25)), [30] * 4),
        (Percentile(Decimal("25.1")), [40] * 4),
        (Percentile(Decimal(0)), [30] * 4),
        (Extreme(End.TOP, Decimal("0.5")), [True, False, False, False]),
        (Extreme(End.TOP, Decimal("25.1")), [True, True, True, False]),
        (Extreme(End.BOTTOM, Decimal(25)), [False, False, False, True]),
        (Extreme(End.BOTTOM, Decimal(26)), [False, True, True, True]),
    ],
    ids=str,
)
def test_each_member_has_a_place(measure: Measure, found: list[object]) -> None:
    assert list(measured(measure, VALUES).values()) == found


def test_nobody_has_a_place_among_nobody() -> None:
    assert measured(Average(), {}) == {}


def test_whoever_has_no_group_is_in_none() -> None:
    groups = {"ada": "DE", "bob": "DE", "cara": None, "dan": "FR", "eve": "FR"}

    assert by_group(Rank(), VALUES, groups) == {"ada": 1, "bob": 2, "dan": 1}
