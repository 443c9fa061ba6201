"""Plain values written in a program, evaluated from its syntax tree without running anything."""
