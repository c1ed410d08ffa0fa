"""The console: what happened, what was learnt and what to do about it, as pages in a browser."""
