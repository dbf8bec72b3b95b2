"""What evidence needs of AWS."""
