"""Pictures of the real product, made by `make screenshots`."""
