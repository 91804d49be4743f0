"""The programs of `docs/`, which are no part of the package, as modules."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).parents[1] / "docs"


def tool(name: str) -> ModuleType:
    """The program of that name, or the module that it uses."""
    if str(DOCS) not in sys.path:
        sys.path.append(str(DOCS))
    return importlib.import_module(name)
