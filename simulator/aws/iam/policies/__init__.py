"""What is allowed: policies as the templates declare them, read and decided as IAM does."""
