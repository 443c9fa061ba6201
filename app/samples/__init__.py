"""The sample dataset that ships with Foretune. README.md beside it says where it comes from."""

from pathlib import Path

SAMPLE = Path(__file__).with_name("ibm.csv")
SAMPLE_NAME = "IBM daily prices 2000-2013 (sample)"
