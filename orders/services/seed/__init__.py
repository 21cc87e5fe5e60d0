"""Made-up data: the demo, and bulk for benchmarks. Nobody in it exists."""
