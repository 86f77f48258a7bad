"""Formulas as pictures set them, and both files of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import FieldPanel, formula
from lithode.plots.saving import with_pdf


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Li3N", "Li$_3$N"),
        ("Li3N-LiF", "Li$_3$N-LiF"),
        ("Li6PS5Cl0.5Br0.5", "Li$_6$PS$_5$Cl$_{0.5}$Br$_{0.5}$"),
        ("Li(CH)2", "Li(CH)$_2$"),
        ("layer 2", "layer 2"),
        ("LPS", "LPS"),
        ("f of Li3N, 5 MPa", "f of Li$_3$N, 5 MPa"),
    ],
)
def test_numbers_of_formulas_are_lowered(name, text):
    assert formula(name).replace("{", "").replace("}", "") == text.replace("{", "").replace("}", "")


def test_what_has_no_logarithm_is_just_below_the_bar():
    """Not 300 decades below, which made the edge of what is shown ragged."""
    panel = FieldPanel("a", "a", limits=(0.0, 3.0), logarithmic=True)
    assert panel.shown(np.array([0.0, 1e-9, 1.0, 1e3])) == pytest.approx([-1, -1, 0, 3])


def test_a_picture_is_a_bitmap_and_a_vector_graphic_if_asked_for(tmp_path):
    line = Curve("a", np.arange(3.0), np.arange(3.0))
    panel = CurvePanel(("x", "y"), [line])
    alone = draw_curves(tmp_path / "figures" / "alone.png", [panel])
    assert not alone.with_suffix(".pdf").exists()
    with with_pdf():
        picture = draw_curves(tmp_path / "figures" / "a.png", [panel])
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
