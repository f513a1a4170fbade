"""Arabic: day, month, year, in this order, and the clock of twenty-four hours."""
