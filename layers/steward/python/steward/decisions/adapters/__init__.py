"""The book, the orders and the notices of decisions, on AWS."""
