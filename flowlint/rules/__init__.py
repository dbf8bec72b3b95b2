"""The rules, by what they are about. Each module holds its rules' texts and the check that finds them."""
