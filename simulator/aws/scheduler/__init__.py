"""What happens by the clock: schedules, and rows that expire."""
