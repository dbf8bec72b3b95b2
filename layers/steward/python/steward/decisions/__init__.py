"""Decisions that take two people: who may ask, who may decide, and the row that every call leaves."""
