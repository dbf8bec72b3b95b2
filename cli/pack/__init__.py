"""``steward pack``: what a data protection officer files and an auditor asks for, in one archive."""
