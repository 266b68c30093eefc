"""The same members, asked for better."""

from segql.optimizer.facts import Facts
from segql.optimizer.pipeline import PASSES, Pass, optimize, stages

__all__ = ["PASSES", "Facts", "Pass", "optimize", "stages"]
