"""Tables, sessions, and what a database can suffer."""
