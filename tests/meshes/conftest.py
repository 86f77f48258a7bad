from __future__ import annotations

import numpy as np
import pytest
from dolfinx.mesh import entities_to_geometry
from mpi4py import MPI


class Ruler:
    """Measures domains by the geometry of their cells, without any form."""

    def region(self, domain, name):
        """Area or volume of a region."""
        return self._total(domain, domain.mesh.topology.dim, domain.cells(name))

    def boundary(self, domain, name):
        """Length or area of a boundary."""
        return self._total(domain, domain.mesh.topology.dim - 1, domain.facets(name))

    def interface(self, domain, one, other):
        """Length or area of the facets between two regions."""
        topology = domain.mesh.topology
        dim = topology.dim
        topology.create_connectivity(dim - 1, dim)
        cells_of = topology.connectivity(dim - 1, dim)
        numbers = np.zeros(_count(topology, dim, ghosts=True), dtype=int)
        numbers[domain.cell_tags.indices] = domain.cell_tags.values
        wanted = {domain.regions[one], domain.regions[other]}
        between = [
            f for f in range(_count(topology, dim - 1)) if {*numbers[cells_of.links(f)]} == wanted
        ]
        return self._total(domain, dim - 1, np.array(between, dtype=np.int32))

    def simplices(self, domain, dim, entities):
        """Corners of the owned ones of the entities, shape (n, dim + 1, 3)."""
        mesh = domain.mesh
        owned = entities[entities < _count(mesh.topology, dim)]
        mesh.topology.create_connectivity(dim, mesh.topology.dim)
        return mesh.geometry.x[entities_to_geometry(mesh, dim, owned).reshape(-1, dim + 1)]

    def edges(self, domain, region):
        """Longest edge and centre of each owned cell of a region."""
        corners = self.simplices(domain, domain.mesh.topology.dim, domain.cells(region))
        spans = np.linalg.norm(corners[:, :, None] - corners[:, None], axis=3)
        return spans.max(axis=(1, 2)), corners.mean(axis=1)

    def smallest_angle(self, domain):
        """Smallest angle of any triangle of the cells, in degrees."""
        topology = domain.mesh.topology
        topology.create_entities(2)
        faces = np.arange(_count(topology, 2), dtype=np.int32)
        corners = self.simplices(domain, 2, faces)
        angles = []
        for i in range(3):
            a, b = (np.roll(corners, -k, axis=1)[:, i] - corners[:, i] for k in (1, 2))
            cosines = np.sum(a * b, axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
            angles.append(np.degrees(np.arccos(cosines)).min())
        return domain.mesh.comm.allreduce(min(angles), op=MPI.MIN)

    def points(self, domain):
        """All points of the mesh on every rank, sorted."""
        mesh = domain.mesh
        own = mesh.geometry.x[: mesh.geometry.index_map().size_local]
        together = np.concatenate(mesh.comm.allgather(own))
        return together[np.lexsort(together.T)]

    def cells(self, domain):
        """Global number of cells."""
        return domain.mesh.topology.index_map(domain.mesh.topology.dim).size_global

    def _total(self, domain, dim, entities):
        corners = self.simplices(domain, dim, entities)
        edges = corners[:, 1:] - corners[:, :1]
        gram = np.linalg.det(edges @ edges.swapaxes(1, 2))
        size = np.sqrt(np.maximum(gram, 0)).sum() / [1, 1, 2, 6][dim]
        return domain.mesh.comm.allreduce(float(size))


def _count(topology, dim, ghosts=False):
    index_map = topology.index_map(dim)
    return index_map.size_local + (index_map.num_ghosts if ghosts else 0)


@pytest.fixture
def ruler():
    return Ruler()
