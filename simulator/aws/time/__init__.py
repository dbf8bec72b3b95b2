"""Virtual time: what happens when, and who may ask."""
