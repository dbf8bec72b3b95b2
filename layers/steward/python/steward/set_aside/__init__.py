"""Messages that could not be dealt with: what an engineer may see of them, and how one goes back unchanged."""
