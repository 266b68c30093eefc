"""Databricks, which is Spark with a printer of its own."""

from __future__ import annotations

from segql.sql.dialects.spark import Spark


class Databricks(Spark):
    """Databricks, with the settings of `Spark`; no server of it has been asked yet."""

    name = printer = "databricks"
