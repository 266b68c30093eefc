"""How fast SegQL is, each time against what people would do without it: `python -m benchmarks`."""
