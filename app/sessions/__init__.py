"""Sessions, their runs, and the commands, speed, cost and checkpoints of these."""
