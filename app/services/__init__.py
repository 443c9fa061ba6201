"""One noun each: what the pages and the API read and write, as functions that take a session."""
