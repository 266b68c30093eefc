"""The same members, asked for better."""

from segql.optimizer.pipeline import PASSES, optimize, stages

__all__ = ["PASSES", "optimize", "stages"]
