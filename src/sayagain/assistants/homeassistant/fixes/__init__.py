"""Fixes of Home Assistant's own settings, so that a request that failed is understood; each can be undone."""
