"""The attributes of a database row that the API shows as they are."""

from collections.abc import Iterable
from typing import Any


def read_attributes(row: object, names: Iterable[str]) -> dict[str, Any]:
    """The values of these attributes, by name."""
    return {name: getattr(row, name) for name in names}
