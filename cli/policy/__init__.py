"""A policy file: what is wrong with it, and the schema by which an editor completes it."""
