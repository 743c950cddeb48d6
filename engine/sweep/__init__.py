"""Many runs of one link: other first weights, and other settings on a grid. `tinkernet sweep` is its command."""
