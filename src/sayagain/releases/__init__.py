"""Releases: what was learnt, frozen; open one, list them, look things up in it."""
