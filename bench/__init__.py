"""Benchmarks: what a person waits for, beside a floor measured in the same run.

`python -m bench search --orders 1000000`; docs/benchmarks.md says what each number means.
"""
