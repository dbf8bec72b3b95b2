"""What makes a flag a hold, and keeps it: from the form and the events to the nightly runs."""
