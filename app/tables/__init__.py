"""Stored data sets: packed for the storage, described for the page, and those that this server offers to everybody."""
