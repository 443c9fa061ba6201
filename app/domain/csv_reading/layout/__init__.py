"""Where the table stands in its file: rows, names, and what is around them."""
