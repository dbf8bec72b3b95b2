"""Where erasures, their ledger and what they erase live in AWS."""
