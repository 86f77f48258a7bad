"""What a run says of its layers: their conductivities, and how sure those by a content are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from lithode.cases.wang2024.measured import MEASURED_CONTENTS
from lithode.cases.wang2024.stack import StackParameters
from lithode.engine.verdict import Result

CURRENT = "mA/cm^2"
P = TypeVar("P", bound=StackParameters)


def layer_results(p: StackParameters) -> Iterator[Result]:
    """Give the conductivities of an own stack, and whether its contents are measured ones."""
    if p.has_own_stack:
        for k, layer in enumerate(p.layers, start=1):
            yield Result(f"electronic conductivity, layer {k}", layer.electronic, "S/cm")
            yield Result(f"ionic conductivity, layer {k}", layer.ionic, "S/cm")
    if p.at_ends is not None:
        yield Result("contents of carbon nanotubes", _range_of(_contents(p)))


def stack_results(p: P, safe: Callable[[P], float], name: str) -> Iterator[Result]:
    """Give the conductivities of an own stack, and the answer at both ends of the contents' range.

    Nothing of a composition that was measured.

    Args:
        p: Parameters.
        safe: What reads the critical current density, in mA/cm^2, off parameters.
        name: Of that result.
    """
    yield from layer_results(p)
    ends = p.at_ends
    if ends is None:
        return
    for word, end in zip(("lower", "upper"), ends, strict=True):
        for k, layer in enumerate(end.layers, start=1):
            label = f"electronic conductivity, layer {k}" if p.has_own_stack else _CONDUCTIVITY
            yield Result(f"{label}, {word} end", layer.electronic, "S/cm")
        yield Result(f"{name}, {word} end of the conductivity", safe(end), CURRENT)


def stack_findings(p: P, safe: Callable[[P], float], model: str) -> Iterator[str]:
    """Say how sure the conductivities by a content are, and what that does to the answer.

    Args:
        p: Parameters.
        safe: What reads the critical current density, in mA/cm^2, off parameters.
        model: That it is by.
    """
    ends = p.at_ends
    if ends is None:
        return
    contents = " / ".join(f"{content:g}" for content in _contents(p))
    values, low, high = (
        " / ".join(f"{layer.electronic:.2g}" for layer in each.layers) for each in (p, *ends)
    )
    yield (
        f"electrons at {contents} % CNT: {values} S/cm, {low} to {high} by the measured ones; "
        f"{model} {safe(ends[0]):.3g} and {safe(ends[1]):.3g} {CURRENT} at these ends"
    )
    if _beyond(_contents(p)):
        yield f"caution: contents of carbon nanotubes {_range_of(_contents(p))}"


_CONDUCTIVITY = "electronic conductivity"


def _contents(p: StackParameters) -> tuple[float, ...]:
    return p.layer_contents if p.has_own_stack else (p.composite.content,)


def _beyond(contents: tuple[float, ...]) -> list[float]:
    least, most = MEASURED_CONTENTS
    return [content for content in contents if not least <= content <= most]


def _range_of(contents: tuple[float, ...]) -> str:
    measured = "the measured {:g} to {:g} %".format(*MEASURED_CONTENTS)
    beyond = ", ".join(f"{content:g}" for content in _beyond(contents))
    if beyond:
        return f"beyond {measured} ({beyond} %): by the fitted law alone"
    return f"within {measured}"
