"""Cheng et al., Joule 4 (2020) 2484: the interphase between lithium metal and LiPON."""
