"""Keeping what a contact's holds ask for: securing every artefact, and bringing register, locks and notices in line."""
