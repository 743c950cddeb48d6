"""Random numbers: the generator of the original playground, and a counter-based one."""
