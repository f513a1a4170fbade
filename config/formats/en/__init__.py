"""English for readers on both sides of an ocean: no month is a number."""
