"""Settings: base, and the three places Sayso runs in (local, production, test)."""
