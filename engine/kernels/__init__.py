"""The compiled loops: forward, backward, update, evaluation."""
