"""plan → SQL."""

from segql.sql.checks import DataCheck
from segql.sql.generator import Form, Statement, account, generate
from segql.sql.scans import Account, Scan

__all__ = ["Account", "DataCheck", "Form", "Scan", "Statement", "account", "generate"]
