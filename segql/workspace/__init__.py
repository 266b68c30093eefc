"""The project folder: its settings, its files, its clock, and what can be asked of it."""
