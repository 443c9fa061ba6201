"""Custom models: what a Python file in the models folder is, read from its text and never run."""
