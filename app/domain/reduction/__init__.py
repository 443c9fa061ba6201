"""Talos's probabilistic reduction: a search space is cut while it is searched."""
