"""What is worked out from a network on request: metrics."""
