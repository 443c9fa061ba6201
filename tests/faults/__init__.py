"""What is killed, frozen, starved or broken on purpose, and what Foretune makes of it."""
