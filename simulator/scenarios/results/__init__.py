"""What a replay leaves behind: what happened, and the state at the end."""
