"""The meaning of a plan over plain Python rows, without SQL: every engine must agree with it."""

from segql.reference.evaluate import evaluate, value_of, values
from segql.reference.world import Lists, RepeatedKey, Tables

__all__ = ["Lists", "RepeatedKey", "Tables", "evaluate", "value_of", "values"]
