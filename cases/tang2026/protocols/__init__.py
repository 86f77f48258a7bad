"""CCD, CAC, life and the sequence at 20 MPa on a model of lost contact (Figs. 2, S5, S8)."""
