"""Tests of what runs beside git: hooks and jobs."""
