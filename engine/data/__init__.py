"""Data sets, and the features that a network sees of them."""
