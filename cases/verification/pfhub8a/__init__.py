"""PFHub benchmark 8a: a nucleus near the critical radius."""
