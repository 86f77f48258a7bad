"""The command that makes meshes of pictures: mesh."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lithode.cli.stored import once
from lithode.cli.terminal import say
from lithode.core import units
from lithode.core.errors import InputError


def mesh(
    image: Annotated[
        Path | None,
        typer.Argument(metavar="IMAGE", help="PNG, or TIFF whose pages are slices."),
    ] = None,
    pixel: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Edge length of a pixel: 0.25um.")
    ] = None,
    labels: Annotated[
        str, typer.Option(metavar="VALUE=REGION,...", help="What the values of pixels stand for.")
    ] = "0=fine,1=coarse",
    smooth: Annotated[
        int, typer.Option(metavar="N", help="How often outlines are smoothed; 0 keeps the stairs.")
    ] = 3,
    size: Annotated[
        str | None,
        typer.Option(
            metavar="LENGTH",
            help="Elements at outlines, two pixels if not given; in 3D all, a pixel.",
        ),
    ] = None,
    size_inside: Annotated[
        str | None,
        typer.Option(metavar="LENGTH", help="Elements elsewhere; four times that if not given."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="results/mesh-IMAGE if not given.")
    ] = None,
    samples: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Only write pictures to try it on.")
    ] = None,
) -> None:
    """Make a mesh of a labelled picture or stack, for the parameter mesh_file of a case."""

    def make() -> None:
        if samples is not None:
            from lithode.meshes.images import samples as written

            say("\n".join(map(str, written.write(samples))))
            return
        if image is None or pixel is None:
            raise InputError("--pixel", pixel or "unset", "IMAGE and --pixel LENGTH must be given")
        from lithode.meshes.images import build
        from lithode.meshes.images.labels import read
        from lithode.plots.pictures_of_meshes import draw

        picture = read(image, units.parse("--pixel", pixel, "um"), _regions(labels))
        sizes = (_length("--size", size), _length("--size-inside", size_inside))
        arrays, outcome = build.mesh(picture, smooth, *sizes)
        directory = out or Path("results") / f"mesh-{image.stem}"
        directory.mkdir(parents=True, exist_ok=True)
        file, shown = directory / "mesh.msh", directory / "mesh.png"
        build.write(arrays, picture.names, file)
        (directory / "mesh.json").write_text(json.dumps(outcome.plain(), indent=2) + "\n")
        draw(picture.values, picture.names, picture.pixel, arrays, shown)
        say(outcome.text())
        say(f"{file}\n{shown}\n\nuse it:  lithode run graded-li3n --set mesh_file={file}")

    once(make)


def _length(option: str, text: str | None) -> float | None:
    return None if text is None else units.parse(option, text, "um")


def _regions(text: str) -> dict[int, str]:
    regions: dict[int, str] = {}
    for pair in text.split(","):
        value, equals, name = pair.partition("=")
        if not (equals and value.strip().isdecimal() and name.strip().isidentifier()):
            raise InputError("--labels", pair, "must be VALUE=REGION, such as 0=fine,1=coarse")
        if int(value) in regions:
            raise InputError("--labels", pair, f"the value {int(value)} has a region already")
        regions[int(value)] = name.strip()
    return regions
