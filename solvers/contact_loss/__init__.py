"""Contact of lithium that stripping takes and plating partly gives back; numbers only."""

from lithode.solvers.contact_loss.model import (
    FACES,
    Contact,
    Course,
    Faces,
    Loss,
    RecoveryLaw,
    completed_cycles,
    critical_current,
    follow,
    share_that_lasts,
)
from lithode.solvers.contact_loss.one_way import Layers, OneWay, fit, read_layers
from lithode.solvers.contact_loss.resistance import Resistances, area_resistance

__all__ = [
    "FACES",
    "Contact",
    "Course",
    "Faces",
    "Layers",
    "Loss",
    "OneWay",
    "RecoveryLaw",
    "Resistances",
    "area_resistance",
    "completed_cycles",
    "critical_current",
    "fit",
    "follow",
    "read_layers",
    "share_that_lasts",
]
