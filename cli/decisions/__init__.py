"""Two people decide: who asks, who says yes, and the one emergency in which a single person acts."""
