"""Programs that kill, freeze, starve or break parts of Foretune on purpose, and tests with them."""
