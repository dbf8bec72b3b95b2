"""The policy file: one council's published notice as typed values."""
