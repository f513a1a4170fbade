"""The hall: people, what they said, the rulebook, the channels. It imports no other floor."""
