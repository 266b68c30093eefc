"""A short name for what a segment means."""

from segql.fingerprint.fingerprint import Fingerprints

__all__ = ["Fingerprints"]
