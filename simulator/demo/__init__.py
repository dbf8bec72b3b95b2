"""The demonstration: the shipped story replayed, shown to a complaints officer, and held against what must be true."""
