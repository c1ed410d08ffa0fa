"""Training of the isolator: logs of homes, written in many styles; needs no extra."""
