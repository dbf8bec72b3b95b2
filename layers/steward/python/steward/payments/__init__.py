"""Payments: recording is suspended while a card is read, and nobody is told so unless Amazon Connect confirmed it."""
