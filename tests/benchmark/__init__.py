"""Measure what transfers cost: `python -m tests.benchmark --help`."""
