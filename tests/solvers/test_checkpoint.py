"""Checkpoints: exact, on any number of ranks, and refused when they do not fit."""

from __future__ import annotations

import json
import os
from hashlib import blake2b

import h5py
import numpy as np
import pytest
from dolfinx import fem
from dolfinx.mesh import create_mesh, create_rectangle, create_unit_cube, locate_entities, meshtags

import lithode
from lithode.core.domain import Domain
from lithode.core.errors import InputError, StorageError
from lithode.core.parallel import on_root
from lithode.solvers.numerics import checkpoint
from lithode.solvers.numerics.checkpoint import (
    DamagedCheckpoint,
    newest,
    read_domain,
    read_header,
    restore,
    write_checkpoint,
)
from lithode.solvers.numerics.model import State

ODD = {"time": 0.1 + 0.2, "step": 1e-300, "drop": -0.0, "large": -1e300}


def make_domain(comm, dim=2):
    mesh = (
        create_rectangle(comm, [(0, 0), (2, 1)], [9, 7])
        if dim == 2
        else create_unit_cube(comm, 4, 3, 5)
    )
    mesh.geometry.x[:, :dim] *= np.pi
    cells = locate_entities(mesh, dim, lambda x: x[0] <= 1.6)
    tags = meshtags(mesh, dim, cells, np.full(len(cells), 3, dtype=np.int32))
    mesh.topology.create_connectivity(dim - 1, dim)
    inner = locate_entities(mesh, dim - 1, lambda x: np.isclose(x[1], 0))
    facets = meshtags(mesh, dim - 1, inner, np.full(len(inner), 7, dtype=np.int32))
    return Domain(mesh, tags, facets, {"left": 3}, {"bottom": 7})


class Toy:
    """A model with every kind of function."""

    def __init__(self, domain, name="toy"):
        self.domain, self.name = domain, name
        self.scalars = {}
        mesh, dim = domain.mesh, domain.mesh.geometry.dim
        kinds = {
            "scalar": ("P", 1),
            "pair": ("P", 1, (2,)),
            "vector": ("P", 1, (dim,)),
            "quadratic": ("P", 2, (dim,)),
            "cell": ("DG", 0),
        }
        self.functions = {
            key: fem.Function(fem.functionspace(mesh, kind)) for key, kind in kinds.items()
        }

    def formulas(self):
        dim = self.domain.mesh.geometry.dim

        def scalar(x):
            return np.sin(x[0]) + np.exp(x[1]) / 3 + x[2] ** 2

        return {
            "scalar": scalar,
            "pair": lambda x: np.vstack([scalar(x), x[0] * x[1]]),
            "vector": lambda x: np.sin(x[:dim]),
            "quadratic": lambda x: x[:dim] ** 2,
            "cell": scalar,
        }

    def fill(self):
        for name, formula in self.formulas().items():
            self.functions[name].interpolate(formula)
        self.scalars = dict(ODD)
        return self

    def state(self):
        return State(self.functions, self.scalars)

    def restore(self, scalars):
        self.scalars = dict(scalars)

    def check(self):
        """The values, ghosts included, are those that `fill` would give here."""
        for name, formula in self.formulas().items():
            exact = fem.Function(self.functions[name].function_space)
            exact.interpolate(formula)
            np.testing.assert_allclose(
                self.functions[name].x.array, exact.x.array, rtol=1e-14, atol=1e-14, err_msg=name
            )
        np.testing.assert_equal(self.scalars, ODD)


def save(directory, model, case="a-case"):
    return write_checkpoint(directory, model, case=case, parameters_hash="abc")


def count(domain):
    """Global numbers of tagged cells and facets, and the area."""
    comm, top = domain.mesh.comm, domain.mesh.topology
    owned = [
        int((found < top.index_map(dim).size_local).sum())
        for found, dim in ((domain.cells("left"), top.dim), (domain.facets("bottom"), top.dim - 1))
    ]
    return [comm.allreduce(number) for number in owned]


@pytest.mark.mpi
@pytest.mark.mpi3
@pytest.mark.parametrize("dim", [2, 3])
def test_same_ranks_and_twice(comm, tmp_path, dim):
    domain = make_domain(comm, dim)
    path = save(tmp_path / "1", Toy(domain).fill())
    header = read_header(path, comm, case="a-case")
    assert (header.case, header.model, header.parameters_hash) == ("a-case", "toy", "abc")
    np.testing.assert_equal(header.scalars, ODD)
    for generation in ("2", "3"):
        model = Toy(read_domain(path, comm))
        restore(path, model)
        model.check()
        assert count(model.domain) == count(domain)
        assert model.domain.regions == {"left": 3}
        assert model.domain.boundaries == {"bottom": 7}
        left = model.domain.cells("left")
        corners = model.domain.mesh.geometry.x[model.domain.mesh.geometry.dofmaps[0][left]]
        assert (corners[..., 0] <= 1.6).all()
        path = save(tmp_path / generation, model)


@pytest.mark.mpi
def test_any_number_of_ranks(comm, tmp_path):
    """Written on all and read on one, and the reverse; every rank of a group reads the same."""
    domain, alone = make_domain(comm), comm.Split(comm.rank)
    path = save(tmp_path / "all", Toy(domain).fill())
    model = Toy(read_domain(path, alone))
    restore(path, model)
    model.check()
    assert count(model.domain) == count(domain)
    own = tmp_path / f"one-{comm.rank}"
    save(own, model)
    comm.Barrier()
    again = Toy(read_domain(tmp_path / "one-0" / "state.h5", comm))
    restore(tmp_path / "one-0" / "state.h5", again)
    again.check()
    assert count(again.domain) == count(domain)
    alone.Free()


@pytest.mark.mpi
def test_coordinates_are_exact(comm, tmp_path):
    domain = make_domain(comm)
    path = save(tmp_path, Toy(domain).fill())

    def points(domain):
        geometry = domain.mesh.geometry
        owned = geometry.index_map().size_local
        rows = comm.allgather([tuple(row) for row in geometry.x[:owned]])
        return sorted(point for part in rows for point in part)

    assert points(read_domain(path, comm)) == points(domain)


@pytest.mark.mpi
def test_checkpoint_is_replaced_and_a_half_one_ignored(comm, tmp_path):
    model = Toy(make_domain(comm)).fill()
    path = save(tmp_path, model, case="first")
    on_root(comm, lambda: (tmp_path / "state.h5.new").write_bytes(b"half"))
    assert read_header(path, comm).case == "first"
    save(tmp_path, model, case="second")
    assert read_header(path, comm).case == "second"
    assert sorted(os.listdir(tmp_path)) == ["state-before.h5", "state.h5"]
    assert read_header(tmp_path / "state-before.h5", comm).case == "first"


@pytest.mark.mpi
def test_other_checkpoints_are_refused(comm, tmp_path):
    domain = make_domain(comm)
    path = save(tmp_path, Toy(domain).fill())

    def refused(reason, action):
        with pytest.raises(InputError, match=reason) as error:
            action()
        assert "\n" not in str(error.value)

    refused("of case a-case, not of b", lambda: read_header(path, comm, case="b"))
    refused("of model toy, not of top", lambda: restore(path, Toy(domain, "top")))
    other = Toy(domain)
    del other.functions["cell"]
    refused("other unknowns", lambda: restore(path, other))
    refused("does not exist", lambda: read_domain(tmp_path / "none.h5", comm))

    change_header(path, comm, version=f"{'.'.join(lithode.__version__.split('.')[:2])}.99")
    read_header(path, comm)
    change_header(path, comm, version="77.1.0")
    refused("of version 77.1.0", lambda: read_domain(path, comm))


def change_header(path, comm, **entries):
    """Change what a checkpoint says of itself, as somebody could who knows its layout."""

    def change():
        with h5py.File(path, "r+") as file:
            text = json.dumps(json.loads(file.attrs["lithode_checkpoint"]) | entries)
            file.attrs["lithode_checkpoint"] = text
            file.attrs["lithode_digest"] = blake2b(text.encode(), digest_size=16).hexdigest()

    on_root(comm, change)


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("scalars", "part"),
    [
        ({"time": -5.0}, "impossible time = -5"),
        ({"time": float("nan")}, "impossible time = nan"),
        ({"step": float("inf")}, "impossible step = inf"),
    ],
)
def test_impossible_scalars_are_refused(comm, tmp_path, scalars, part):
    path = save(tmp_path, Toy(make_domain(comm)).fill())
    change_header(path, comm, scalars={**ODD, **scalars})
    with pytest.raises(InputError, match=part):
        read_domain(path, comm)


@pytest.mark.mpi
def test_values_that_are_not_finite_are_refused(comm, tmp_path):
    model = Toy(make_domain(comm)).fill()
    model.functions["pair"].x.array[:] = np.nan
    path = save(tmp_path, model)
    with pytest.raises(InputError, match="values of pair that are not finite"):
        restore(path, Toy(read_domain(path, comm)))


def flip(path, name):
    """Flip one bit in the middle of a data set, past all of HDF5's own checks."""
    with h5py.File(path, "r") as file:
        data = file[name]
        place = data.id.get_offset() + data.size * data.dtype.itemsize // 2
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1]))


@pytest.mark.mpi
@pytest.mark.parametrize(
    "name",
    ["mesh/functions/pair/0/array", "mesh/0/Points", "mesh/Topology", "mesh/tags/cell_tags/Values"],
)
def test_a_flipped_bit_is_noticed_and_the_generation_before_taken(comm, tmp_path, name, caplog):
    model = Toy(make_domain(comm)).fill()
    save(tmp_path, model)
    path = save(tmp_path, model)
    on_root(comm, lambda: flip(path, name))
    with pytest.raises(DamagedCheckpoint, match=f"is damaged \\({name}\\)"):
        read_domain(path, comm)
    assert newest(tmp_path, comm, case="a-case") == tmp_path / "state-before.h5"
    if comm.rank == 0:
        assert "going on from the checkpoint before" in caplog.text
    again = Toy(read_domain(tmp_path / "state-before.h5", comm))
    restore(tmp_path / "state-before.h5", again)
    again.check()
    on_root(comm, lambda: flip(tmp_path / "state-before.h5", name))
    with pytest.raises(DamagedCheckpoint):
        newest(tmp_path, comm, case="a-case")


@pytest.mark.mpi
def test_what_was_not_written_as_it_is_replaces_nothing(comm, tmp_path, monkeypatch):
    model = Toy(make_domain(comm)).fill()
    save(tmp_path, model, case="good")
    publish = checkpoint._check_values

    def spoil(path, expected):
        flip(path, "mesh/functions/scalar/0/array")
        publish(path, expected)

    monkeypatch.setattr(checkpoint, "_check_values", spoil)
    with pytest.raises(StorageError, match="does not hold the scalar"):
        save(tmp_path, model, case="spoilt")
    assert read_header(tmp_path / "state.h5", comm).case == "good"


@pytest.mark.mpi
def test_a_directory_that_cannot_be_written_is_an_error_one_can_go_on_from(comm, tmp_path):
    on_root(comm, lambda: (tmp_path / "file").write_text("") and None)
    with pytest.raises(StorageError, match="cannot be written"):
        save(tmp_path / "file" / "below", Toy(make_domain(comm)).fill())


@pytest.mark.mpi
@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_truncated_and_foreign_files_are_refused(comm, tmp_path, share):
    path = save(tmp_path, Toy(make_domain(comm)).fill())
    on_root(comm, lambda: os.truncate(path, int(share * path.stat().st_size)))
    for action in (read_header, read_domain):
        with pytest.raises(InputError, match="is damaged, or no checkpoint"):
            action(path, comm)
    on_root(comm, lambda: h5py.File(path, "w").close())
    with pytest.raises(InputError, match="is damaged, or no checkpoint"):
        read_header(path, comm)


def test_nodes_without_cells_are_refused(comm, tmp_path):
    square = make_domain(comm).mesh.ufl_domain()
    x = np.array([[0.0, 0], [9, 9], [1, 0], [0, 1]])
    mesh = create_mesh(comm, np.array([[0, 2, 3]]), square, x)
    none = np.empty(0, dtype=np.int32)
    tags = [meshtags(mesh, dim, none, none) for dim in (2, 1)]
    with pytest.raises(InputError, match="nodes that belong to no cell"):
        save(tmp_path, Toy(Domain(mesh, *tags, {}, {})))
