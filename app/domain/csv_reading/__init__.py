"""Reads a CSV file as people export it: encoding, dialect, numbers, dates, table, series."""
