"""Nucleation of lithium on hosts of rising contact angle, in one transient (Fig. 2g-j)."""
