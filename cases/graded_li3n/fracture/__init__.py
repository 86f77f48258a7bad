"""A filled crack that meets a coarse particle."""
