"""Lithium in a crack: Li+ on its way there, the current that stalls, growth in time."""
