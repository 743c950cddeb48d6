"""How kernels are compiled, the vectors they compute with, and the exponential function."""
