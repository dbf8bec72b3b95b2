"""What every adapter shares: clients and the one translation of AWS errors."""
