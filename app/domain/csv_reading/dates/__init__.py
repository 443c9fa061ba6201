"""How dates are written, found and read."""
