"""A check of the product on a machine with a GPU: `python -m tests.gpu`."""
