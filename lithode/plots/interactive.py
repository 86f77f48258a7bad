"""Fields for a page in a browser, by time: pictures in 2D, lines in 1D, surfaces in 3D.

Everything here returns plain data as JSON can hold it; arrays are as plotly.js takes them.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import matplotlib
import numpy as np
import numpy.typing as npt
import pyvista
from matplotlib.colors import Colormap
from PIL import Image

from lithode.core.axis import Axis
from lithode.plots.panels import FIELD_PANELS, FieldPanel, Front, plain_unit, readable

Array: TypeAlias = npt.NDArray[np.float64]
Stored: TypeAlias = "Mapping[float, pyvista.UnstructuredGrid]"

_PIXELS = 420
_MOST_TIMES = 25
_MOST_SCENES = 10
_MOST_BYTES = 1_500_000
# Of all times together, and of what stands still.
_MOST_TRIANGLES = 80_000
_STILL_TRIANGLES = 15_000
_SHADES = 12
_REGION = "region"
_LINE = np.array([60, 60, 60])


def of_fields(stored: Stored, axis: Axis, front: Front = Front()) -> dict[str, Any] | None:  # noqa: B008
    """Return stored fields for a page; None if there are none.

    Args:
        stored: Grids by time (or load), e.g. ``lithode.load(DIR).fields``; each may have a mesh of
            its own.
        axis: What they go along.
        front: Contour in pictures and scenes; ignored where there is no such field.

    Returns:
        ``kind`` (pictures, lines or scene), ``times`` as texts, and ``fields``, each with name,
        unit, range, colours, and one entry per time.
    """
    if not stored:
        return None
    times = list(stored)
    first = stored[times[0]]
    dimension = _dimension(first)
    times = _spread(times, _MOST_SCENES if dimension == 3 else _MOST_TIMES)
    labels = [_at(axis, time, times[-1]) for time in times]
    match dimension:
        case 1:
            content = _lines([stored[time] for time in times])
        case 2:
            return _pictures(stored, times, labels, front)
        case _:
            content = _scene(stored, times, front)
    return {**content, "times": labels, "size": None, "extent": None}


def packed(values: npt.ArrayLike, kind: str = "f4") -> dict[str, str]:
    """Return numbers as plotly.js reads them without parsing.

    Args:
        values: Numbers.
        kind: ``f4``, ``f8``, ``u2`` or ``u4``.
    """
    data = np.ascontiguousarray(values, dtype=f"<{kind}").tobytes()
    return {"dtype": kind, "bdata": base64.b64encode(data).decode()}


def colours_of(name: str) -> list[str]:
    """Return shades of a colour map of matplotlib from low to high, as CSS has them."""
    shades = np.linspace(0, 1, _SHADES)
    return [_css(rgb) for rgb in matplotlib.colormaps[name](shades, bytes=True)]


def picture(pixels: npt.NDArray[np.uint8] | Image.Image, quality: int = 82) -> str:
    """Return a picture as an address that holds it."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, format="WEBP", quality=quality, method=2)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


@dataclass(frozen=True)
class _Range:
    low: float
    high: float

    @classmethod
    def of(cls, panel: FieldPanel, samples: Sequence[Array]) -> _Range:
        """Return the range of the colours, common to all times, without the outermost values."""
        values = np.concatenate([np.ravel(sample) for sample in samples])
        values = values[np.isfinite(values)]
        low, high = np.percentile(values, (0.2, 99.8)) if len(values) else (0.0, 1.0)
        rounding = 1e-6 * max(abs(low), abs(high)) or 1.0
        if high - low < rounding:
            low, high = low - rounding, high + rounding
        ends = zip(panel.limits, (low, high), strict=True)
        return cls(*(float(found) if given is None else given for given, found in ends))

    def of_one(self, values: Array) -> Array:
        """Return values as parts of the range."""
        return np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)


def _pictures(
    stored: Stored, times: Sequence[float], labels: Sequence[str], front: Front
) -> dict[str, Any]:
    samples = list(_samples(stored[time] for time in times))
    panels = _panels(samples[0], front)
    found = []
    for panel in panels:
        values = [_shown(panel, sample.fields[panel.field], sample, front) for sample in samples]
        scale = _Range.of(panel, values)
        frames = [
            picture(_painted(matplotlib.colormaps[panel.colormap], scale, shown, sample, front))
            for shown, sample in zip(values, samples, strict=True)
        ]
        found.append({**_described(panel, scale), "frames": frames})
    every = 1
    while sum(len(f) for entry in found for f in entry["frames"][::-every]) > _MOST_BYTES:
        every *= 2
    for entry in found:
        entry["frames"] = entry["frames"][::-every][::-1]
    height, width = samples[0].inside.shape
    return {
        "kind": "pictures",
        "size": [width, height],
        "extent": [float(f"{end:.4g}") for end in samples[0].extent],
        "times": list(labels)[::-every][::-1],
        "fields": found,
    }


@dataclass(frozen=True)
class _Sample:
    """Fields of one time on pixels, rows from the top.

    Attributes:
        fields: Name to values, shape (rows, columns).
        inside: Which pixels lie in the mesh.
        regions: Region number of each pixel.
        extent: Width and height in um.
    """

    fields: Mapping[str, Array]
    inside: npt.NDArray[np.bool_]
    regions: Array
    extent: tuple[float, float]


@dataclass(frozen=True)
class _Pixels:
    """Where pixels lie in a mesh of triangles.

    Attributes:
        points: Of the mesh.
        corners: Of its cells, shape (cells, 3).
        cells: Cell of each pixel, shape (rows, columns).
        weights: Of its corners, shape (rows, columns, 3).
        inside: Which pixels lie in the mesh.
        extent: Width and height in um.
    """

    points: Array
    corners: npt.NDArray[Any]
    cells: npt.NDArray[Any]
    weights: Array
    inside: npt.NDArray[np.bool_]
    extent: tuple[float, float]

    @classmethod
    def of(cls, grid: pyvista.UnstructuredGrid) -> _Pixels:
        """Find the pixels of a picture of a grid, rows from the top."""
        low_x, high_x, low_y, high_y, *_ = grid.bounds
        width, height = high_x - low_x, high_y - low_y
        size = max(width, height) / _PIXELS
        columns, rows = (max(2, round(length / size)) for length in (width, height))
        bare = pyvista.UnstructuredGrid()
        bare.copy_structure(grid)
        bare.cell_data["cell"] = np.arange(grid.n_cells)
        image = pyvista.ImageData(
            dimensions=(columns, rows, 1),
            spacing=(width / columns, height / rows, 1.0),
            origin=(low_x + width / columns / 2, low_y + height / rows / 2, grid.points[0, 2]),
        )
        found: Any = image.sample(bare)
        inside = found.point_data["vtkValidPointMask"] > 0
        cells = np.where(inside, found.point_data["cell"], 0)
        corners = np.asarray(grid.cell_connectivity).reshape(-1, 3)
        places, triangles = image.points[:, :2], grid.points[corners[cells]][..., :2]
        (first, second), offset = (
            np.moveaxis(triangles[:, 1:] - triangles[:, :1], 1, 0),
            places - triangles[:, 0],
        )
        area = _cross(first, second)
        ahead, aside = _cross(offset, second) / area, _cross(first, offset) / area
        weights = np.stack([1 - ahead - aside, ahead, aside], axis=-1)

        def from_top(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
            return values.reshape(rows, columns, *values.shape[1:])[::-1]

        places_in = from_top(cells), from_top(weights), from_top(inside)
        return cls(np.asarray(grid.points), corners, *places_in, (width, height))

    def fit(self, grid: pyvista.UnstructuredGrid) -> bool:
        """Whether a grid has this mesh."""
        same_points = np.array_equal(self.points, grid.points)
        return same_points and np.array_equal(self.corners.ravel(), grid.cell_connectivity)

    def at_nodes(self, values: Array) -> Array:
        """Return values at nodes on the pixels."""
        return np.asarray(np.sum(values[self.corners[self.cells]] * self.weights, axis=-1))


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _samples(grids: Iterable[pyvista.UnstructuredGrid]) -> Iterator[_Sample]:
    pixels: _Pixels | None = None
    for grid in grids:
        if pixels is None or not pixels.fit(grid):
            pixels = _Pixels.of(grid)
        fields = {n: pixels.at_nodes(_lengths(v)) for n, v in grid.point_data.items()}
        fields |= {n: _lengths(v)[pixels.cells] for n, v in grid.cell_data.items()}
        regions = fields.pop(_REGION, np.zeros(pixels.cells.shape))
        yield _Sample(fields, pixels.inside, regions, pixels.extent)


def _shown(panel: FieldPanel, values: Array, sample: _Sample, front: Front) -> Array:
    """Return the values of a panel, NaN where there are none to show."""
    hidden = ~sample.inside
    if panel.behind_front and front.field in sample.fields:
        hidden = hidden | (sample.fields[front.field] < front.level)
    return np.where(hidden, np.nan, panel.shown(values))


def _painted(
    colours: Colormap, scale: _Range, values: Array, sample: _Sample, front: Front
) -> npt.NDArray[np.uint8]:
    """Return the picture, transparent outside of the mesh."""
    pixels: Any = colours(scale.of_one(np.nan_to_num(values)), bytes=True)
    pixels[~np.isfinite(values), :3] = 232
    lines = _edges(sample.regions)
    pixels[lines, :3] = (0.5 * pixels[lines, :3] + 0.5 * _LINE).astype(np.uint8)
    if front.field in sample.fields:
        pixels[_edges(sample.fields[front.field] >= front.level), :3] = 0
    pixels[~sample.inside, 3] = 0
    return np.ascontiguousarray(pixels, dtype=np.uint8)


def _edges(values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return the pixels whose neighbour to the right or below has another value."""
    edges = np.zeros(values.shape, dtype=bool)
    edges[:, :-1] |= values[:, :-1] != values[:, 1:]
    edges[:-1] |= values[:-1] != values[1:]
    return edges


def _lines(grids: Sequence[pyvista.UnstructuredGrid]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for grid in grids:
        for name, panel in _all_panels(grid).items():
            on_cells = name in grid.cell_data
            places = (grid.cell_centers() if on_cells else grid).points[:, 0]
            order = np.argsort(places, kind="stable")
            values = panel.shown(_lengths((grid.cell_data if on_cells else grid.point_data)[name]))
            entry = found.setdefault(name, {**_described(panel), "lines": []})
            entry["lines"].append({"x": packed(places[order]), "y": packed(values[order])})
    return {"kind": "lines", "fields": list(found.values())}


def _scene(stored: Stored, times: Sequence[float], front: Front) -> dict[str, Any]:
    first = stored[times[0]]
    has_front = front.field in first.point_data
    panels = [p for n, p in _all_panels(first).items() if not (has_front and n == front.field)]
    surfaces = [_surface(stored[time], front, len(times)) for time in times]
    entries = []
    if has_front:
        heights = [np.asarray(surface.points)[:, 2] for surface in surfaces]
        panel = FieldPanel("height", "height of the front", "um")
        ends = first.bounds[4:]
        entries.append({**_described(panel, _Range(*map(float, ends))), "values": heights})
    for panel in panels:
        values = [panel.shown(_lengths(_on_points(s, panel.field))) for s in surfaces]
        entries.append({**_described(panel, _Range.of(panel, values)), "values": values})
    for entry in entries:
        entry["values"] = [packed(values) for values in entry["values"]]
    return {
        "kind": "scene",
        "bounds": [float(end) for end in first.bounds],
        "surfaces": [_triangles(surface) for surface in surfaces],
        "still": [_triangles(part) for part in _inclusions(first)],
        "fields": entries,
    }


def _surface(grid: Any, front: Front, times: int) -> Any:
    if front.field in grid.point_data:
        surface = grid.contour([front.level], scalars=front.field)
    else:
        surface = grid.extract_surface(algorithm=None)
    return _thinned(surface, _MOST_TRIANGLES // times)


def _inclusions(grid: Any) -> list[Any]:
    """Return the surfaces of all regions but the one with the most cells."""
    if _REGION not in grid.cell_data:
        return []
    regions = np.asarray(grid.cell_data[_REGION])
    numbers, counts = np.unique(regions, return_counts=True)
    others = np.delete(numbers, np.argmax(counts))
    return [
        _thinned(
            grid.extract_cells(np.flatnonzero(regions == number)).extract_surface(algorithm=None),
            _STILL_TRIANGLES // len(others),
        )
        for number in others
    ]


def _thinned(surface: Any, most: int) -> Any:
    surface = surface.triangulate()
    if surface.n_cells <= most:
        return surface
    # It keeps some of the points, with their values.
    return surface.cell_data_to_point_data().decimate_pro(1 - most / surface.n_cells)


def _triangles(surface: Any) -> dict[str, Any]:
    points = np.asarray(surface.points, dtype=float).reshape(-1, 3)
    corners = surface.faces.reshape(-1, 4)[:, 1:] if surface.n_cells else np.zeros((0, 3), int)
    return {
        **{name: packed(points[:, k]) for k, name in enumerate("xyz")},
        **{name: packed(corners[:, k], "u4") for k, name in enumerate("ijk")},
    }


def _on_points(surface: Any, name: str) -> Any:
    if name in surface.point_data:
        return surface.point_data[name]
    return surface.cell_data_to_point_data().point_data[name]


def _all_panels(grid: Any) -> dict[str, FieldPanel]:
    """Return how each field of a grid is shown, by name: the usual fields as they always are."""
    usual = {panel.field: panel for panel in FIELD_PANELS}
    names = [n for n in (*grid.point_data.keys(), *grid.cell_data.keys()) if n != _REGION]
    ordered = [*(n for n in usual if n in names), *(n for n in names if n not in usual)]
    return {n: usual.get(n) or FieldPanel(n, n.replace("_", " ")) for n in ordered}


def _panels(sample: _Sample, front: Front) -> list[FieldPanel]:
    usual = [panel for panel in FIELD_PANELS if panel.field in sample.fields]
    known = {panel.field for panel in usual}
    return [*usual, *(FieldPanel(n, n.replace("_", " ")) for n in sample.fields if n not in known)]


def _described(panel: FieldPanel, scale: _Range | None = None) -> dict[str, Any]:
    ends = {} if scale is None else {"low": scale.low, "high": scale.high}
    label, colours = panel.label, colours_of(panel.colormap)
    return {"name": label, "unit": plain_unit(panel.unit), "colours": colours, **ends}


def _dimension(grid: pyvista.UnstructuredGrid) -> int:
    corners = int(grid.cell_offsets[1] - grid.cell_offsets[0]) if grid.n_cells else 2
    return corners - 1


def _spread(times: Sequence[float], most: int) -> list[float]:
    places = np.linspace(0, len(times) - 1, min(most, len(times)))
    return [times[k] for k in sorted({round(place) for place in places})]


def _at(axis: Axis, value: float, end: float) -> str:
    divisor, unit = readable(axis.unit, end)
    return f"{axis.symbol} = {value / divisor:.6g} {plain_unit(unit)}".rstrip()


def _lengths(values: Any) -> Array:
    found = np.asarray(values, dtype=float)
    return np.linalg.norm(found, axis=1) if found.ndim == 2 else found


def _css(rgb: Sequence[int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb[:3])
