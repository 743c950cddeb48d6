"""The training threads, and the compilation before them."""
