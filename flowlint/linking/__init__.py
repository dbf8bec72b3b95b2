"""Flows that are given together, joined where one leads to another, and every way through them."""
