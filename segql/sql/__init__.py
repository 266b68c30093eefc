"""plan → SQL."""

from segql.sql.checks import DataCheck
from segql.sql.generator import Form, Statement, generate

__all__ = ["DataCheck", "Form", "Statement", "generate"]
