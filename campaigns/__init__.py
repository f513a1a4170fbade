"""The press room: campaigns, messages, what providers report. It imports preferences only."""
