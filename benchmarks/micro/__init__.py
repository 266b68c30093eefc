"""How long each stage takes alone: `python -m pytest benchmarks/micro`."""
