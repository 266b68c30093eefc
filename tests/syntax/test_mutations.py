"""Whatever is written: reading it ends, says where it is wrong, and what it finds nothing wrong with compiles."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings

from segql.compiler import Analyzed, check, compile
from segql.diagnostics.render.full import full
from segql.plan import Clock
from segql.source import Source
from segql.syntax import reading
from tests.errors_file import catalog
from tests.syntax.mutations import mutated

_CLOCK = Clock(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), ZoneInfo("Europe/Berlin"), 1)
_CASES = int(os.environ.get("SEGQL_MUTATIONS", "300"))
# Reading again to mend costs so many times the text at most.
_AGAIN_MOST = 60


class _Counted:
    """The parser, which counts what it is given."""

    def __init__(self) -> None:
        self.parser, self.builder = reading._parser()
        self.characters = 0

    def parse(self, text: str, **how: Any) -> Any:
        self.characters += len(text)
        return self.parser.parse(text, **how)


@given(mutated())
@example("")
@example("(" * 3_000)
@example("\ue000")
@example("age < \ue000 and agee > 3")
@example("segment a\n    where age < \ue000")
@settings(max_examples=_CASES, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_slip_never_breaks_the_reader(text: str) -> None:
    sources = [Source.of("catalog.seg", catalog()), Source.of("example.seg", text)]
    if "entity customer\n" in text:
        del sources[0]

    counted = _Counted()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "_parser", lambda: (counted, counted.builder))
        analyzed = check(sources)

    assert counted.characters <= _AGAIN_MOST * sum(len(each.text) for each in sources) + 1_000
    for each in analyzed.diagnostics:
        for span in filter(None, [each.span, *(label.span for label in each.labels)]):
            assert 0 <= span.start <= span.end <= len(span.source.text)
        for edit in each.fix.edits if each.fix else ():
            assert 0 <= edit.span.start <= edit.span.end <= len(edit.span.source.text)
            assert "\ue000" not in edit.text or "\ue000" in text
        assert "\ue000" not in each.message + each.hint or "\ue000" in text
    full(analyzed.diagnostics)
    if analyzed.is_sound:
        _compile_all(analyzed)


def _compile_all(analyzed: Analyzed) -> None:
    for name in analyzed.definitions:
        lists = dict.fromkeys(analyzed.catalog.lists, ("a",))
        compile(analyzed, [name], _CLOCK, lists=lists)
