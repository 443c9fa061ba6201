"""Custom models, run: only ever in a slot."""
