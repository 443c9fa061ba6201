"""What is stored and shown."""
