"""The baselines of a board: forecasts that need no network."""
