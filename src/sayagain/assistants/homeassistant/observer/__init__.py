"""The observer: what Home Assistant does, followed live and assembled into turns."""
