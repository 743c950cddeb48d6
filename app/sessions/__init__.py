"""Sessions: a network that learns, what was asked of it, and how fast it goes."""
