"""The cases by name, so that listing them and running one imports no other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CaseEntry:
    """What is known of a case before it is imported.

    Attributes:
        module: Module that defines ``CASE``.
        title: One sentence, as in the case.
        presets: Names of its presets, the default first.
    """

    module: str
    title: str
    presets: tuple[str, ...]


CASES: dict[str, CaseEntry] = {
    "cheng2020/interphase": CaseEntry(
        "lithode.cases.cheng2020.interphase.case",
        "interphase of lithium and LiPON: its three layers, and how they grow (Figs. 2, 6)",
        ("quick", "paper", "fit"),
    ),
    "fracture/critical-current": CaseEntry(
        "lithode.cases.fracture.critical_current.case",
        "The current at which lithium in a flaw cracks the electrolyte",
        ("llzto", "li6ps5cl", "quick"),
    ),
    "fracture/void": CaseEntry(
        "lithode.cases.fracture.void.case",
        "Does a void start the crack? A pore full of lithium, or a gap that crowds the current",
        ("pore", "shallow", "gap", "quick"),
    ),
    "graded-li3n": CaseEntry(
        "lithode.cases.graded_li3n.growth.case",
        "Lithium through fine or graded Li3N particles at -0.1 V (Fig. 5)",
        ("quick", "paper", "3d", "predictive", "two-eigenstrains"),
    ),
    "graded-li3n/bilayer": CaseEntry(
        "lithode.cases.graded_li3n.bilayer.case",
        "Lithium up to a layer in which it does not plate, and its pressures (Fig. 8A-C)",
        ("quick", "paper", "3d", "one-li3n", "predictive"),
    ),
    "graded-li3n/bilayer-fracture": CaseEntry(
        "lithode.cases.graded_li3n.bilayer_fracture.case",
        "Which flaws of the second layer does the swelling of its reacted rim hold shut?",
        ("standard", "quick"),
    ),
    "graded-li3n/decomposition": CaseEntry(
        "lithode.cases.graded_li3n.decomposition.case",
        "What Li2ZrCl6 becomes with Li under mechanical constraint (Fig. 7)",
        ("quick", "paper"),
    ),
    "graded-li3n/fracture": CaseEntry(
        "lithode.cases.graded_li3n.fracture.case",
        "A filled crack that meets a coarse particle: through it or aside?",
        ("quick", "fine"),
    ),
    "graded-li3n/reaction-stress": CaseEntry(
        "lithode.cases.graded_li3n.reaction_stress.case",
        "Stress of LZC that lithium has reacted with, after a bilayer run (Fig. 8D)",
        ("quick", "paper"),
    ),
    "ji2020/cell-data": CaseEntry(
        "lithode.cases.ji2020.cell_data.case",
        "Porosity from masses, voltage from impedance, and the CCD of LPS alone (Figs. 3, 5)",
        ("paper",),
    ),
    "ji2020/criteria": CaseEntry(
        "lithode.cases.ji2020.criteria.case",
        "Which solid keeps lithium out: interface energy, conduction, leakage (Figs. 1, 2)",
        ("paper", "quick"),
    ),
    "ji2020/penetration": CaseEntry(
        "lithode.cases.ji2020.penetration.case",
        "How deep Li goes into the pores of Li3N-LiF, and what stops it (Fig. 5g)",
        ("paper", "quick"),
    ),
    "ji2020/symmetric-cell": CaseEntry(
        "lithode.cases.ji2020.symmetric_cell.case",
        "Symmetric cell under a protocol: activation, Ohm's law and filling pores (Figs. 3, 4)",
        ("activation", "capacity", "time", "long", "patches", "quick"),
    ),
    "tang2026/aging": CaseEntry(
        "lithode.cases.tang2026.aging.case",
        "Interface, contact and voltage of cycled cells from their impedance (Table 2, Fig. 2)",
        ("paper", "quick"),
    ),
    "tang2026/impedance": CaseEntry(
        "lithode.cases.tang2026.impedance.case",
        "Impedance of symmetric cells, layered or with lost contact, and its DRT (Table 2)",
        ("quick", "paper", "macroscopic", "micron", "3d"),
    ),
    "tang2026/protocols": CaseEntry(
        "lithode.cases.tang2026.protocols.case",
        "CCD, CAC, life and the 20 MPa sequence on a model of lost contact (Figs. 2, S5, S8)",
        ("ccd", "life", "pressure", "apart", "quick"),
    ),
    "tang2026/voids": CaseEntry(
        "lithode.cases.tang2026.voids.case",
        "Voids at stripped Li against creep under stack pressure, with and without Li3N",
        ("quick", "paper"),
    ),
    "verification/depletion": CaseEntry(
        "lithode.cases.verification.depletion.case",
        "A binary electrolyte that a flat front uses up, against Sand and Cottrell",
        ("sand", "cottrell"),
    ),
    "verification/disc": CaseEntry(
        "lithode.cases.verification.disc.case",
        "A disc of lithium under surface energy alone, against the law of R^2",
        ("standard", "fine"),
    ),
    "verification/dispersion": CaseEntry(
        "lithode.cases.verification.dispersion.case",
        "One wave on a flat front in a single-ion conductor, against linear stability",
        ("standard", "fine"),
    ),
    "verification/growing-crack": CaseEntry(
        "lithode.cases.verification.growing_crack.case",
        "A crack that grows in time as the current rises, against its critical current",
        ("standard", "quick"),
    ),
    "verification/khoo2019": CaseEntry(
        "lithode.cases.verification.khoo2019.case",
        "A wave on a front in a binary electrolyte, against Khoo, Zhao and Bazant (2019)",
        ("standard", "fine"),
    ),
    "verification/lithium-crack": CaseEntry(
        "lithode.cases.verification.lithium_crack.case",
        "Lithium in a crack: fin current, stall pressure and critical current in closed form",
        ("standard", "quick"),
    ),
    "verification/notched-plate": CaseEntry(
        "lithode.cases.verification.notched_plate.case",
        "A plate with a cut that is pulled until it breaks, against Miehe et al. (2010)",
        ("standard", "quick"),
    ),
    "verification/pfhub8a": CaseEntry(
        "lithode.cases.verification.pfhub8a.case",
        "A nucleus near the critical radius dies or grows, against PFHub benchmark 8a",
        ("standard", "coarse"),
    ),
    "verification/pressurised-crack": CaseEntry(
        "lithode.cases.verification.pressurised_crack.case",
        "A crack that is filled until it grows, against Sneddon and Griffith",
        ("standard", "quick"),
    ),
    "verification/strength": CaseEntry(
        "lithode.cases.verification.strength.case",
        "The stress that an evenly strained bar bears at most, AT1 and AT2",
        ("standard",),
    ),
    "wang2024/cells": CaseEntry(
        "lithode.cases.wang2024.cells.case",
        "Voltages, resistances and critical currents of cells, each by its own text (Figs. 2, 3)",
        ("paper", "quick"),
    ),
    "wang2024/criterion": CaseEntry(
        "lithode.cases.wang2024.criterion.case",
        "Up to which current an interlayer is dendrite-safe, and what limits it (Fig. 4)",
        ("quick", "paper"),
    ),
    "wang2024/gradient": CaseEntry(
        "lithode.cases.wang2024.gradient.case",
        "Homogeneous, dual-layer and graded electronic conductivity (Fig. 5a-c)",
        ("quick", "paper"),
    ),
    "wang2024/nucleation": CaseEntry(
        "lithode.cases.wang2024.nucleation.case",
        "Nucleation in an LNI-CNT interlayer of rising contact angle (Fig. 2g-j)",
        ("quick", "paper"),
    ),
    "wang2024/pores": CaseEntry(
        "lithode.cases.wang2024.pores.case",
        "Pore size and porosity against an even current at lithium (Fig. S23)",
        ("quick", "paper"),
    ),
    "wang2024/transport": CaseEntry(
        "lithode.cases.wang2024.transport.case",
        "Li+ and electrons in an LNI-CNT interlayer with a lithium protrusion (Fig. 2e, f)",
        ("quick", "paper"),
    ),
    "wang2024/wetting": CaseEntry(
        "lithode.cases.wang2024.wetting.case",
        "Lithium that wets the pores of an interlayer, or is kept out (Fig. 2k, l)",
        ("quick", "paper"),
    ),
}
