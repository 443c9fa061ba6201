"""Tables and texts of pages."""
