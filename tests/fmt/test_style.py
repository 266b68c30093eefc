"""The style, told by pairs of texts in `style.md`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from segql.fmt import WIDTH, format_source
from segql.source import Source

STYLE = Path(__file__).with_name("style.md")
_BLOCK = re.compile(r"^```segql ?(?P<width>\d*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def pairs() -> list[tuple[str, str, int]]:
    blocks = list(_BLOCK.finditer(STYLE.read_text(encoding="utf-8")))
    assert len(blocks) % 2 == 0
    return [
        (before["text"], after["text"], int(after["width"] or WIDTH))
        for before, after in zip(blocks[::2], blocks[1::2], strict=True)
    ]


@pytest.mark.parametrize(("before", "after", "width"), pairs())
def test_a_text_is_laid_out_as_the_style_says(before: str, after: str, width: int) -> None:
    assert format_source(Source.of("a.seg", before), width).text == after
    assert format_source(Source.of("a.seg", after), width).text == after
