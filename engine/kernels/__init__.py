"""The compiled loops: forward and backward pass, update, training, evaluation and maps."""

NUMERICS = 3
"""Version of the arithmetic of kernels and formulas: equal specs, edits and versions give equal bits on any processor.

Raise it with every change that alters a bit of any run, an order of sums included. 1: the order of sums and the fusing
of products and sums depended on the processor. 2: eight partial sums everywhere, fused only where the source says so.
3: points and first weights have the bits of TensorFlow Playground in Node (see `compiler.libm`).
What comes from the C library (exp, pow, erfc, atan2 and some activations) is the same for the same library.
"""
