"""Functions of a case's folder that are imported when they are called.

``lithode show`` imports ``case.py`` alone; what builds and draws takes seconds to import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Deferred:
    """A function that is imported when it is called.

    Attributes:
        package: Package that the module is relative to.
        module: Relative to the package, with leading dots.
        function: Name of the function in the module.
    """

    package: str | None
    module: str
    function: str

    @property
    def target(self) -> Callable[..., Any]:
        """The function itself; imports its module."""
        target: Callable[..., Any] = getattr(
            import_module(self.module, self.package), self.function
        )
        return target

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Import the function and call it."""
        return self.target(*args, **kwargs)


def deferred(package: str | None, name: str) -> Deferred:
    """Return a function of a case's folder that is imported when it is called.

    Args:
        package: ``__package__`` of the case.
        name: ``"module:function"`` below it, e.g. ``"simulation:build"``; a leading dot leads to
            the paper's package, e.g. ``".geometry:probes"``.
    """
    module, _, function = name.partition(":")
    return Deferred(package, f".{module}", function)
