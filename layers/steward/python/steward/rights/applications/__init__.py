"""Applications, such as for a blue badge: kept for the policy's months from the day on which they were received."""
