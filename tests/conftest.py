"""What all tests share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def updating() -> bool:
    """Whether what is written down is to be written anew: `UPDATE_GOLDEN=1`."""
    return os.environ.get("UPDATE_GOLDEN") == "1"
