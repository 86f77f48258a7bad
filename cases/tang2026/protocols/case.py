"""CCD, CAC, life and the sequence at 20 MPa on a model of lost contact (Figs. 2, S5, S8)."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.tang2026.protocols.parameters import PRESETS, Parameters
from lithode.cases.tang2026.protocols.targets import TARGETS, findings, results
from lithode.engine.case import StudyCase
from lithode.engine.study import Study


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    from lithode.cases.tang2026.protocols import study

    return study.build(parameters)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the calibration, what depends on the recovery, and the protocol followed."""
    from lithode.cases.tang2026.protocols.figures import draw

    return draw(run_directory, Path(parameters.protocol).stem, parameters.contact_loss)


CASE = StudyCase(
    name="tang2026/protocols",
    title="CCD, CAC, life and the 20 MPa sequence on a model of lost contact (Figs. 2, S5, S8)",
    parameters=Parameters,
    presets=PRESETS,
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
    findings=findings,
)
