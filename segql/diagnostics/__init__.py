"""What every stage reports: diagnostics, fixes, the nearest name."""

from segql.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label, SegqlError, Severity
from segql.diagnostics.suggest import nearest

__all__ = ["Diagnostic", "Edit", "Fix", "Label", "SegqlError", "Severity", "nearest"]
