"""The zip that predicts on its own."""
