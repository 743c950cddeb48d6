"""Registries of formulas: each file has formulas, their derivatives and the records that describe the choices."""
