"""Ground floor: errors, units, parameters, protocols, domains; knows no physics and no engine."""
