"""How much each hyperparameter accounts for."""
