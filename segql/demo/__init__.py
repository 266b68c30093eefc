"""A small shop to try the language on: segments, and data made from a fixed seed."""

from segql.demo.project import make

__all__ = ["make"]
