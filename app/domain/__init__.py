"""What things mean: no database, no web, no TensorFlow."""
