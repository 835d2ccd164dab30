"""Lets `keras.models.load_model` know this package's classes without importing Keras before it is needed."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


def register_with_keras(module: str) -> None:
    """Import the module that registers the classes: now if Keras is there, else when it comes.

    Nothing that parses a command line needs Keras, whose import takes seconds; whoever loads a ``.keras``
    file imports it.

    Args:
        module: Its import registers them.
    """
    if "keras" in sys.modules:
        importlib.import_module(module)
    else:
        sys.meta_path.insert(0, _WhenKerasComes(module))


class _WhenKerasComes(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds Keras as the others do, and imports a module after it."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.found: ModuleSpec | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find Keras, once; everything else is left to the other finders."""
        if fullname != "keras" or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        self.found = importlib.util.find_spec("keras")
        if self.found is None:
            return None
        return importlib.util.spec_from_file_location(
            "keras",
            self.found.origin,
            loader=self,
            submodule_search_locations=self.found.submodule_search_locations,
        )

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Create the module as Python does."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run Keras' own code, then import what registers with it."""
        assert self.found is not None and self.found.loader is not None
        self.found.loader.exec_module(module)
        module.__spec__ = self.found
        module.__loader__ = self.found.loader
        importlib.import_module(self.module)
