"""Lets Keras read files with this package's classes once both are imported, whichever comes first.

Nothing that parses a command line needs Keras, whose import takes seconds, so `import intent_tf` does not
import it. Keras finds only classes that are registered, so they are when it comes.

They cannot be at the very moment when it comes: then a module of ours that begins with `import keras` is
still empty, and what registers would import names from it; and TensorFlow, which imports Keras as its last
step, swallows errors there. So what counts is the end of the outermost import.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType


def register_with_keras(module: str) -> None:
    """Import the module that registers the classes: now if Keras is there, else when it is.

    Args:
        module: The name of a module whose import registers them.
    """
    if "keras" in sys.modules:
        importlib.import_module(module)
    else:
        sys.meta_path.insert(0, _WhenKerasIsThere(module))


class _WhenKerasIsThere(MetaPathFinder):
    """Finds modules as Python does, and imports one more when the outermost of them has been imported."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.running: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module whose import may bring Keras; all others are left to the other finders."""
        if fullname not in ("keras", "tensorflow") and not fullname.startswith("intent_tf."):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path, self)
        return spec

    def imported(self) -> None:
        """Register, once, if nothing is in the middle of its import and Keras is there."""
        if not self.running and "keras" in sys.modules and self in sys.meta_path:
            sys.meta_path.remove(self)
            importlib.import_module(self.module)


class _Loader(SourceFileLoader):
    """Runs a module as Python does, and tells when it has run."""

    def __init__(self, fullname: str, path: str, finder: _WhenKerasIsThere) -> None:
        super().__init__(fullname, path)
        self.finder = finder

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        self.finder.running.add(self.name)
        try:
            super().exec_module(module)
        finally:
            self.finder.running.discard(self.name)
        self.finder.imported()
