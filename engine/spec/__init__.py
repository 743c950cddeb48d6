"""What a run is made of: its settings, what each accepts, and its address."""
