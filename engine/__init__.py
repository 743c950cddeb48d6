"""Tinkernet's mathematics: points, networks and their training. NumPy, Numba and the standard library only."""

from .link import link_from_spec, spec_from_link
from .spec import Spec, SpecError, schema

__all__ = ["Spec", "SpecError", "link_from_spec", "schema", "spec_from_link"]
