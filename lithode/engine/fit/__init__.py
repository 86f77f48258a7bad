"""Fits of a case to its calibrated targets, and how little those determine."""
