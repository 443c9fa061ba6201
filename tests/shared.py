"""Data beside the repository on some machines; its users do without it elsewhere."""

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
GE = SHARED / "data" / "ge.us.txt"  # GE's daily prices, 1962-2017
