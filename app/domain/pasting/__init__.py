"""Tables of results that people paste: how they are cut into cells, and what each column is."""
