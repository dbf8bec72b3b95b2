"""What two people agree on about holds: what a decision is about, and what of it is still to be done."""
