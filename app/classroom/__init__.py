"""A class: people who come to a session by a code and follow it. Knows nothing of connections."""
