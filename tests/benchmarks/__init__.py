"""The arithmetic of the benchmark, and what it relies on; no browser."""
