"""The builder in its parts."""
