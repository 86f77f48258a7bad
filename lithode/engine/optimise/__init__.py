"""Searches parameters of a case for the best value of one of its results, within limits."""
