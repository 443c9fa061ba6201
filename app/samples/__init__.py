"""The sample datasets that ship with Foretune. README.md beside them says where they come from."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """A CSV that ships with Foretune. `title`: of the dataset that it becomes."""

    name: str
    filename: str
    title: str
    description: str

    @property
    def path(self) -> Path:
        """Where the CSV is."""
        return Path(__file__).with_name(self.filename)


EL_NINO = Sample(
    "elnino",
    "elnino.csv",
    "El Niño sea temperatures 1950-2010 (sample)",
    "monthly sea temperatures, which have a season",
)
IBM = Sample(
    "ibm",
    "ibm.csv",
    "IBM daily prices 2000-2013 (sample)",
    "IBM's daily prices, which no model here predicts better than naive (last value)",
)
SAMPLES = {sample.name: sample for sample in (EL_NINO, IBM)}
