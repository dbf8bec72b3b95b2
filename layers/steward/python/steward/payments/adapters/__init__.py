"""AWS behind the ports of payments."""
