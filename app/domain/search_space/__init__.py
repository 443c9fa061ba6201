"""What a search may vary, and how values are parsed, checked and encoded."""
