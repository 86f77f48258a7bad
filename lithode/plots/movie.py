"""A short movie of a run, made on one process from its field file."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from lithode.core.errors import InputError
from lithode.output.fields import FieldReader
from lithode.plots.maps import figure_of
from lithode.plots.panels import FieldPanel, Front
from lithode.plots.scene import Scale, Scene

logger = logging.getLogger(__name__)

Picture = npt.NDArray[np.uint8]

_MOST_FRAMES = 150
_SECONDS = 10.0
_RATES = 2.0, 25.0


def make_movie(
    run_directory: Path,
    panels: Sequence[FieldPanel] | None = None,
    front: Front | None = Front(),  # noqa: B008
) -> Path:
    """Make a movie of ``fields.vtkhdf`` in a run directory.

    Args:
        run_directory: Where the field file is and where the movie goes.
        panels: What to show, as in `lithode.plots.figures.draw_fields`.
        front: Contour in all panels.

    Returns:
        ``movie.mp4``, or ``movie.gif`` where imageio-ffmpeg or ffmpeg itself is not installed.

    Raises:
        InputError: There is no field file, it is damaged, or holds less than two times.
    """
    path = run_directory / "fields.vtkhdf"
    scene = Scene.of(FieldReader(path), panels, front)
    steps = scene.steps(None, _MOST_FRAMES)
    if len(steps) < 2:
        raise InputError("fields", path, "holds less than two times, too few for a movie")
    scales = scene.scales(steps)
    rate = float(np.clip(len(steps) / _SECONDS, *_RATES))
    kind, write = _writer()
    movie, partial = (run_directory / f"{name}.{kind}" for name in ("movie", "movie.new"))
    write(partial, (_frame(scene, step, scales) for step in steps), rate)
    os.replace(partial, movie)
    return movie


def _writer() -> tuple[str, Callable[[Path, Iterator[Picture], float], None]]:
    try:
        import imageio_ffmpeg  # type: ignore[import-untyped, import-not-found, unused-ignore]

        imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        logger.info("no ffmpeg (%s): the movie becomes a GIF", error)
        return "gif", _write_gif

    def write(path: Path, frames: Iterator[Picture], rate: float) -> None:
        first = next(frames)
        size = first.shape[1], first.shape[0]
        writer: Any = imageio_ffmpeg.write_frames(
            str(path), size, fps=rate, quality=8, macro_block_size=2, ffmpeg_log_level="error"
        )
        writer.send(None)
        try:
            writer.send(first)
            for frame in frames:
                writer.send(frame)
        finally:
            writer.close()

    return "mp4", write


def _write_gif(path: Path, frames: Iterator[Picture], rate: float) -> None:
    first, *others = (
        Image.fromarray(frame).quantize(method=Image.Quantize.MEDIANCUT) for frame in frames
    )
    first.save(path, save_all=True, append_images=others, duration=1e3 / rate, loop=0)


def _frame(scene: Scene, step: int, scales: Sequence[Scale]) -> Picture:
    """Return one frame with even numbers of pixels, as the video needs them."""
    with figure_of(scene, step, scales) as figure:
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        picture = np.asarray(canvas.buffer_rgba())[..., :3]
    height, width = picture.shape[:2]
    return np.ascontiguousarray(picture[: height - height % 2, : width - width % 2])
