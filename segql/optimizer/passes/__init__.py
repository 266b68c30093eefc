"""Rewrites that keep the meaning, one a file."""
