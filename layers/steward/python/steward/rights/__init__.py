"""Rights of the people whose data is kept: requests, their clock, finding a person, and the package they are given."""
