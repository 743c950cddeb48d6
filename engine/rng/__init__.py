"""Random numbers: the original's generator, and one whose numbers have addresses."""
