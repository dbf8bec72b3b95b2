"""Tables: what is held, decided, paused, consented to and sent, a row for each."""
