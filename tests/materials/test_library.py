"""The library of materials."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from lithode.materials import library as materials
from lithode.materials.library import LI3N, LITHIUM, Electrolyte, Solid, Value

LIBRARY = [item for item in vars(materials).values() if isinstance(item, Solid | Electrolyte)]


@pytest.mark.parametrize("material", LIBRARY, ids=lambda material: material.name)
def test_every_property_has_unit_and_source(material):
    texts = ("name", "no_plating")
    properties = {
        f.name: getattr(material, f.name) for f in fields(material) if f.name not in texts
    }
    unknown = ("activation_energy", "reference_temperature", "fracture_toughness")
    properties = {n: v for n, v in properties.items() if v is not None or n not in unknown}
    assert properties
    for name, value in properties.items():
        assert isinstance(value, Value), name
        assert value.value > 0, name
        assert value.source.strip(), name
        assert value.provenance in ("paper", "literature", "calibrated", "assumed"), name
        assert value.unit or name in ("poissons_ratio", "creep_exponent"), name
    assert 0 < material.poissons_ratio.value < 0.5


def test_properties_in_model_units():
    assert LITHIUM.youngs_modulus.model == pytest.approx(7800)  # MPa
    assert LI3N.of("youngs_modulus").model == pytest.approx(48e3)
    assert LI3N.of("conductivity").model == pytest.approx(1e5)  # uS/m
    assert LITHIUM.ion_diffusivity.model == pytest.approx(0.75)  # um^2/s
    assert LITHIUM.site_density.model == pytest.approx(7.64e4)  # amol/um^3 = mol/m^3


def test_lithium_fills_its_volume():
    """Molar volume, site density and the density of lithium are three views of one number."""
    filled = LITHIUM.molar_volume.model * LITHIUM.site_density.model
    assert filled == pytest.approx(1, rel=0.02)
    molar_mass, density = 6.94e-3, 534.0
    assert LITHIUM.molar_volume.value == pytest.approx(molar_mass / density, rel=0.01)


@pytest.mark.parametrize("material", LIBRARY, ids=lambda material: material.name)
def test_what_is_called_literature_can_be_looked_up(material):
    values = [v for v in vars(material).values() if isinstance(v, Value)]
    for value in values:
        if value.provenance == "literature":
            assert re.search(r"(19|20)\d\d", value.source), value.source
            assert "memory" not in value.source
