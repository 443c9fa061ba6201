"""Reads search spaces written for hyperopt, and writes ours as such."""
