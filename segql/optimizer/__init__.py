"""The same members, asked for better."""

from segql.optimizer.pipeline import PASSES, optimize

__all__ = ["PASSES", "optimize"]
