"""Retention: when a record's promised period ends, and what makes it leave."""
