"""Documents that others have to believe: signed where they are made, checked without AWS."""
