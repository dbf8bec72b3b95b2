"""Judges nobody here wrote: another emulation of AWS, public template rules, and Lambda's own runtime client."""
