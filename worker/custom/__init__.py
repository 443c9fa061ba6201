"""Networks of the owner's own, run: only ever in a slot."""
