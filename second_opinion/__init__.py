"""Judges nobody here wrote: another emulation of AWS, public template rules, Lambda's own runtime client, axe."""
