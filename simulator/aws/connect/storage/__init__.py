"""Where an instance stores what, and how it did before steward."""
