"""The nightly run over every hold for which something is due."""
