"""Custom models: what a Python file in the models folder is, read off its text and never run here."""
