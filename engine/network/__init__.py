"""The parameters of a network, and points in tiles for the kernels."""
