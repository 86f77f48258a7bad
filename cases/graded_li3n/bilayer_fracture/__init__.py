"""Flaws in the second layer, under lithium and under what reacted with it."""
