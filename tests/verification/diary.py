"""An observer for tests of meshes that change."""

from __future__ import annotations

import weakref

import numpy as np


class Diary:
    """What a run went through, step by step."""

    def __init__(self):
        self.steps, self.unknowns, self.rows = [], [], []
        self.meshes = weakref.WeakSet()

    def step(self, model, record):
        self.meshes.add(model.domain.mesh)
        self.steps.append(record.dt)
        self.unknowns.append(model.unknowns)
        self.rows.append(dict(model.measure()))

    def output(self, model):
        pass

    def column(self, name):
        return np.array([row[name] for row in self.rows])
