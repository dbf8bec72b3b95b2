"""Checks of a policy file before anything is built from it. Not imported by any function."""
