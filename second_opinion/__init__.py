"""Judges nobody here wrote: another emulation, template rules, Lambda's runtime client, axe, and checkers of PDFs."""
