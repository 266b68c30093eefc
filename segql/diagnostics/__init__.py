"""What every stage reports: diagnostics, fixes, the nearest name."""

from segql.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix, Label, SegqlError, Severity
from segql.diagnostics.suggest import nearest

__all__ = ["Applicability", "Diagnostic", "Edit", "Fix", "Label", "SegqlError", "Severity", "nearest"]
