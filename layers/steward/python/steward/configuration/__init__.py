"""What is live, compared with what was written: the templates as they were deployed, and the policy."""
