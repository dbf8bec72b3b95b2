"""Erasure of what is kept of a person (UK GDPR Article 17): listed, decided by two people, carried out, and kept so."""
