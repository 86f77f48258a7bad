"""The structure of a field file, as one rank makes and changes it; others write only values."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np

from lithode.core.axis import Axis
from lithode.core.errors import InputError
from lithode.core.files import check_room
from lithode.output.fields import FieldReader
from lithode.output.slabs import Span
from lithode.output.vtkhdf import (
    REGION,
    Layout,
    Room,
    Size,
    add_grid,
    bytes_of,
    copy_steps,
    lay_out,
    layout_of,
    open_file,
    place_output,
    room_of,
    set_times,
    size_of,
    starts_of,
    used_of,
)

logger = logging.getLogger(__name__)


def set_aside(path: Path) -> str:
    """Give a file another name, and return it."""
    names = (path.with_name(f"{path.stem}-kept-{k}{path.suffix}") for k in range(1, 10**6))
    kept = next(name for name in names if not name.exists())
    os.replace(path, kept)
    return kept.name


def partial_of(path: Path) -> Path:
    """Return under which name a file is made."""
    return path.with_name(f"{path.name}.new")


def new_file(
    path: Path, dimension: int, layout: Mapping[str, Layout], room: Room, axis: Axis
) -> dict[str, int]:
    """Lay out a file, and return where its data sets start."""
    with h5py.File(path, "w", libver="earliest") as file:
        lay_out(file, dimension, layout, room, axis)
        return starts_of(file)


def misfit(path: Path, size: Size, layout: Mapping[str, Layout]) -> str:
    """Return why fields cannot be appended to a file, empty if they can."""
    try:
        FieldReader(path)
        with open_file(path, "r+") as file:
            found, _, _ = layout_of(file), starts_of(file), room_of(file)
            used = used_of(file, len(file["VTKHDF/Steps/Values"]))
            dimension = size_of(file, used.grids - 1).dimension if used.grids else size.dimension
    except (InputError, OSError, KeyError, ValueError, IndexError) as error:
        logger.debug("%s: %s", path, error)
        return "is damaged or no field file"
    if found != layout:
        return "has other fields"
    return "" if dimension == size.dimension else "is of another mesh"


def make_way(path: Path, time: float) -> tuple[Room, Size | None, dict[str, int]]:
    """Forget the outputs from a time on.

    Returns:
        What is used, the size of the last grid if there is one, and where data sets start.
    """
    with open_file(path, "r+") as file:
        times = file["VTKHDF/Steps/Values"][:]
        earlier = times < (time - 1e-9 * abs(time) if np.isfinite(time) else time)
        slot = int(np.count_nonzero(earlier))
        set_times(file, times[:slot])
        used = used_of(file, slot)
        return used, size_of(file, used.grids - 1) if used.grids else None, starts_of(file)


def used_and_room(path: Path) -> tuple[Room, Room]:
    """Return how much of a file is used, and for how much there is room."""
    with open_file(path) as file:
        return used_of(file, len(file["VTKHDF/Steps/Values"])), room_of(file)


def place(
    path: Path, used: Room, size: Size, layout: Mapping[str, Layout], is_new: bool
) -> dict[str, int]:
    """Say where the next output and its grid are; return where data sets start."""
    with open_file(path, "r+") as file:
        if is_new:
            add_grid(file, used.grids, size)
        place_output(file, used.with_grid(size) if is_new else used, size, layout)
        return starts_of(file)


def count_up(path: Path, time: float) -> None:
    """Say that there is an output more."""
    with open_file(path, "r+") as file:
        set_times(file, np.append(file["VTKHDF/Steps/Values"][:], time))


def copy_frame(path: Path, new: Path, dimension: int, used: Room, room: Room) -> list[Span]:
    """Make a file with other room; return what is to be copied to it."""
    reader, lengths = FieldReader(path), dict[str, int]()
    with open_file(path) as file:
        layout, old, root = layout_of(file), starts_of(file), file["VTKHDF"]
        rows = {
            "Points": used.grid_points,
            "Connectivity": used.grid_cells * (dimension + 1),
            "Offsets": used.grid_cells + used.grids,
            "Types": used.grid_cells,
            f"CellData/{REGION}": used.grid_cells,
            **{f"{entry.group}/{name}": used.rows(entry) for name, entry in layout.items()},
        }
        lengths = {name: bytes_of(root[name], number) for name, number in rows.items()}
        check_room(path.parent, sum(lengths.values()))
        starts = new_file(new, dimension, layout, room, reader.axis)
        with open_file(new, "r+") as copied:
            copy_steps(file, copied, used)
            set_times(copied, reader.times[: used.times])
    return [Span(old[name], starts[name], length) for name, length in lengths.items()]
