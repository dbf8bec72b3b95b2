"""Telephone calls to a deployed contact centre, for tests and for the demonstration."""
