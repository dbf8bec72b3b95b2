"""Reads what the synthesis wrote: the stacks of a cloud assembly, their assets, and the template language."""
