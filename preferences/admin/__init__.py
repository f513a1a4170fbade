"""The back office of the hall: people, what they said, and the rows it adds up to."""
