"""Copy the SQLite database to one file, and back from it, while server and workers go on."""
