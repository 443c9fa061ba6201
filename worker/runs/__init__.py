"""One claim from its start to its end."""
