"""The ``steward`` console script."""
