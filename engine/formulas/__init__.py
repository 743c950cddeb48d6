"""Registries of formulas: each file holds a formula, its derivative and the records that name its choices."""
