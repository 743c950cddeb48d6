"""The parameters of a network, and points packed for the kernels."""
