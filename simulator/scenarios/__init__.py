"""Scenarios: JSON Lines that tell a story, replayed on the embedded AWS (docs/scenarios.md)."""
