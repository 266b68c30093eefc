"""MariaDB 10.11 and newer."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlglot import exp

from segql.sql.dialects.mysql import MySQL, path
from segql.sql.literals import text


class MariaDB(MySQL):
    """MariaDB: as MySQL, with collations of its own, and json that stays the text that was stored."""

    name = "mariadb"
    collation = "utf8mb4_nopad_bin"
    casing = "utf8mb4_uca1400_as_cs"

    def at(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        found = super().at(base, steps)
        # A key is sought as it was written, maybe with escapes.
        written = {path(steps), path(steps).replace("/", "\\/"), _escaped(steps), _escaped(steps).replace("/", "\\/")}
        others = [exp.Anonymous(this="JSON_EXTRACT", expressions=[base.copy(), text(each)]) for each in sorted(written)]
        return exp.Coalesce(this=found, expressions=others) if len(written) > 1 else found


def _escaped(steps: Sequence[str]) -> str:
    return "$" + "".join(f".{json.dumps(each)}" for each in steps)
