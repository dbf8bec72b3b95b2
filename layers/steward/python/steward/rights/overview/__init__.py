"""What the information team sees of all requests: the register, its deadlines, and what waits for whom."""
