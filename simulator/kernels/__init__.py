"""The inner loops of a cycle, twice: `plain` in NumPy, the text to read, and `compiled` by Numba, which is fast.

Both give the same bytes; a test holds every function of one against its namesake of the other. A kernel knows nothing
of blocks, products or scenarios: arrays in, arrays out, whole cents.
"""

from simulator.kernels.choice import chosen, wanted

__all__ = ["chosen", "wanted"]
