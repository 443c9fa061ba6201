"""Files with several series, one below the other or side by side."""
