"""statsforecast's models, without the part of the package that is made for clusters.

Importing the package itself imports fugue and pyarrow, 200 MB on the disk and 36 MB in memory,
which its models do not use. So the package is entered without running its `__init__`.
"""

import importlib
import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType

PACKAGE = "statsforecast"


def load_models() -> ModuleType:
    """`statsforecast.models`. The first call takes seconds. Raises ModuleNotFoundError."""
    if PACKAGE not in sys.modules:
        spec = find_spec(PACKAGE)
        if spec is None:
            raise ModuleNotFoundError(f"No module named '{PACKAGE}'", name=PACKAGE)
        sys.modules[PACKAGE] = module_from_spec(spec)
    return importlib.import_module(f"{PACKAGE}.models")
