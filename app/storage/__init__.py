"""What outlives the server: an interface, and the storages that implement it."""
