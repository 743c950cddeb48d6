"""What there is to see of a session: frames and status."""
