"""Rules about payments by card: what must not hear, keep or repeat a card's data, and pauses that hold for sure."""
