"""Tables: from bytes to a data set, by guesses that a person can change."""
