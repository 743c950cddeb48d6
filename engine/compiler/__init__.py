"""How kernels are compiled and cached, the vectors they compute with, and elementary functions."""
