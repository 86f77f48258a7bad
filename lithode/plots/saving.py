"""How a figure becomes files: a bitmap to look at and, if asked for, a vector graphic to print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from matplotlib.figure import Figure

from lithode.plots.maps import DPI

_AROUND = 0.05
_vector: ContextVar[bool] = ContextVar("vector", default=False)


@contextmanager
def with_pdf(also: bool = True) -> Iterator[None]:
    """Write a PDF beside every PNG that is saved inside; it doubles the time of drawing.

    Args:
        also: Whether to.
    """
    token = _vector.set(also)
    try:
        yield
    finally:
        _vector.reset(token)


def save(figure: Figure, picture: Path) -> Path:
    """Write a figure as PNG, and as PDF where `with_pdf` asks for it; maps stay bitmaps in it.

    Args:
        figure: The figure.
        picture: Path of the PNG; its folder is made.

    Returns:
        The path of the PNG.
    """
    picture.parent.mkdir(parents=True, exist_ok=True)
    for path in (picture, *([picture.with_suffix(".pdf")] if _vector.get() else [])):
        figure.savefig(path, dpi=DPI, bbox_inches="tight", pad_inches=_AROUND)
    return picture
