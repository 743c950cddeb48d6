"""What is computed from a network on request: activations, decision maps, metrics."""
