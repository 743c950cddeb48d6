"""One run: its trainer and its losses."""
