"""Contact of lithium that stripping takes and plating partly gives back; numbers only."""
