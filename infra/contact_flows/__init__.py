"""The contact flows, in the console's export format with placeholders, and what fills them from the policy."""
