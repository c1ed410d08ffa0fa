"""The HTTP service for decisions, turns and inspection; needs the extra `serve`."""
