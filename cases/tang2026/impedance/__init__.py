"""Impedance spectra of symmetric cells, layered or with lost contact (Fig. 3, Table 2)."""
