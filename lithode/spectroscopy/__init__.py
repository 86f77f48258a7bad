"""Impedance spectra: circuit elements, files, and distributions of relaxation times."""
