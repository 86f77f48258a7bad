"""How a figure becomes files: a bitmap to look at, and a vector graphic to print."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from lithode.plots.maps import DPI

_AROUND = 0.05


def save(figure: Figure, picture: Path) -> Path:
    """Write a figure as PNG, and as PDF beside it; what has a cell per pixel stays a bitmap there.

    Args:
        figure: The figure.
        picture: Path of the PNG; its folder is made.

    Returns:
        The path of the PNG.
    """
    picture.parent.mkdir(parents=True, exist_ok=True)
    for path in (picture, picture.with_suffix(".pdf")):
        figure.savefig(path, dpi=DPI, bbox_inches="tight", pad_inches=_AROUND)
    return picture
