"""How numbers are written and read, and what columns of them are for."""
