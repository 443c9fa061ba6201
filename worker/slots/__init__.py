"""Child processes that train."""
