"""Guides for agents that are deployed beside the controls."""
