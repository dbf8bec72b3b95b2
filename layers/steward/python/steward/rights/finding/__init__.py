"""Finding a person's contacts: their identifiers, the scan of exported records, and the search over all of them."""
