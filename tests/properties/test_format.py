"""Laying out keeps the tree and the comments, and changes nothing the second time, whatever the text."""

from __future__ import annotations

import pytest

from tests.properties.formatting import KINDS, defects, text_of

_CASES = 60


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost_and_a_second_run_changes_nothing(kind: str) -> None:
    assert [each for seed in range(_CASES) for each in defects(kind, seed)] == []


def test_mangled_texts_are_other_texts() -> None:
    texts = {kind: {text_of(kind, seed) for seed in range(20)} for kind in KINDS}

    assert all(len(each) == 20 for each in texts.values())
    # Odd spaces in most of them: where a line ends matters in some.
    assert sum("   (" in each or "\t" in each or "and  " in each for each in texts["mangled"]) > 10
