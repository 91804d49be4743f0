"""Modules of others that every start imports and few runs use: each is loaded once something of it is asked for."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

# Typer, `inspect`, `shutil` and `pathlib` import them for what no daily command does.
SELDOM = (
    *("bz2", "lzma"),  # archives
    *("ipaddress", "ntpath"),  # what paths and addresses are elsewhere
    *("linecache", "tokenize", "textwrap"),  # source code, and help that is wrapped
    *("shellingham", "subprocess"),  # the shell, and other programs
)


class _Unloaded(ModuleType):
    """A module that has its name and its place, and nothing else yet."""

    def __getattr__(self, name: str) -> Any:
        """Return what the module has by this name, once it is loaded."""
        self.__class__ = ModuleType  # type: ignore[assignment]
        assert self.__spec__ is not None and self.__spec__.loader is not None
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def put_off(names: tuple[str, ...] = SELDOM) -> None:
    """Have modules be imported without being loaded, those that are loaded already left as they are.

    Why not `importlib.util.LazyLoader`: its modules are loaded as soon as a second module imports them.
    """
    for name in names:
        if name not in sys.modules and (spec := find_spec(name)) is not None:
            module = sys.modules[name] = module_from_spec(spec)
            module.__class__ = _Unloaded
