"""The benchmarks: what a contact costs, how fast a function starts, and what grows with what."""
