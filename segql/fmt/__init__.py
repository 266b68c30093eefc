"""One style for `.seg` files: their layout, never their meaning."""

from segql.fmt.format import WIDTH, Formatted, format_source
from segql.fmt.markdown import format_markdown

__all__ = ["WIDTH", "Formatted", "format_markdown", "format_source"]
