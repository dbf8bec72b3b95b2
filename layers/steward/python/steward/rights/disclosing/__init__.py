"""Giving records to others than the person: a gate, a decision of two people, a prepared copy, a register."""
