"""What lies beside the repository on some machines; whoever uses it does without where it is missing."""

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
GE = SHARED / "data" / "ge.us.txt"  # GE's daily prices, 1962-2017
