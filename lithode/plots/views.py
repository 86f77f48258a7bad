"""Views of 3D runs by PyVista, without a screen: the front among the regions around it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvista

from lithode.output.fields import FieldReader
from lithode.output.vtkhdf import Grid
from lithode.plots.panels import FieldPanel
from lithode.plots.scene import Array, Scale, Scene

_PIXELS = 900
_REGION = "#8fa7bf"


_CELLS = {
    2: pyvista.CellType.LINE,
    3: pyvista.CellType.TRIANGLE,
    4: pyvista.CellType.TETRA,
}


def grid_of(reader: FieldReader, step: int) -> pyvista.UnstructuredGrid:
    """Return one output of a field file as a grid with all of its fields.

    Args:
        reader: The file.
        step: Number of the output.
    """
    stored = reader.grid_at(step)
    cells = stored.cells
    grid = pyvista.UnstructuredGrid({_CELLS[cells.shape[1]]: cells}, stored.points)
    for name in reader.names:
        data = grid.cell_data if reader.on_cells(name) else grid.point_data
        data[name] = reader.values(name, step)
    grid.cell_data["region"] = stored.regions
    return grid


def height_instead(scene: Scene, panel: FieldPanel, scale: Scale) -> tuple[FieldPanel, Scale]:
    """Return what colours the front: on its own contour a field is constant, so its height."""
    if scene.front is None or panel.field != scene.front.field:
        return panel, scale
    heights = scene.reader.grid.points[:, 2]
    return (
        replace(panel, label="height of the front", unit="um", colormap="viridis"),
        Scale(float(heights.min()), float(heights.max()), "neither"),
    )


def render(scene: Scene, panel: FieldPanel, step: int, scale: Scale) -> npt.NDArray[np.uint8]:
    """Render the front at one output, coloured by a field, and the regions around it.

    Without a front the field is shown on the outer faces. The region with the most cells is left
    out, the others are translucent.

    Args:
        scene: A 3D field file and what to show.
        panel: The field.
        step: Number of the output.
        scale: Range of the colours.

    Returns:
        The picture, shape (height, width, 3).
    """
    # On a machine without a screen VTK would look for one first, and say so.
    os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    plotter: Any = pyvista.Plotter(off_screen=True, window_size=[_PIXELS, _PIXELS])
    try:
        plotter.set_background("white")
        plotter.enable_anti_aliasing("ssaa")
        plotter.enable_parallel_projection()
        _draw(plotter, scene, panel, step, scale)
        plotter.view_vector((0.55, -0.75, 0.45), viewup=(0, 0, 1))
        plotter.camera.zoom(0.95)
        picture = np.asarray(plotter.screenshot(return_img=True), dtype=np.uint8)
    finally:
        plotter.close()
    return picture


def _draw(plotter: Any, scene: Scene, panel: FieldPanel, step: int, scale: Scale) -> None:
    stored = scene.reader.grid_at(step)
    grid = _mesh(stored)
    plotter.add_mesh(grid.outline(), color="#404040", line_width=2)
    for region in _inclusions(stored):
        part = grid.extract_cells(np.flatnonzero(stored.regions == region))
        plotter.add_mesh(part.extract_surface(algorithm=None), color=_REGION, opacity=0.35)
    _add_values(grid, _colours(scene, panel, step))
    if scene.front:
        grid.point_data["front"] = scene.front_values(scene.front, step)
        surface = grid.contour([scene.front.level], scalars="front")
    else:
        surface = grid.extract_surface(algorithm=None)
    if surface.n_points:
        plotter.add_mesh(
            surface,
            scalars="shown",
            cmap=panel.colormap,
            clim=(scale.low, scale.high),
            smooth_shading=scene.front is not None,
            ambient=0.35,
            show_scalar_bar=False,
        )


def _colours(scene: Scene, panel: FieldPanel, step: int) -> Array:
    if scene.front and panel.field == scene.front.field:
        return scene.reader.grid_at(step).points[:, 2]
    return scene.values(panel, step)


def _add_values(grid: Any, values: Array) -> None:
    data = grid.point_data if len(values) == grid.n_points else grid.cell_data
    data["shown"] = values


def _mesh(grid: Grid) -> Any:
    return pyvista.UnstructuredGrid({pyvista.CellType.TETRA: grid.cells}, grid.points)


def _inclusions(grid: Grid) -> list[int]:
    numbers, counts = np.unique(grid.regions, return_counts=True)
    return [int(number) for number in np.delete(numbers, np.argmax(counts))]
