"""Whether every contact's record arrived: silence is the way in which contact records are lost."""
