"""Who read what of the stores, by the council's own trail, and for which request."""
