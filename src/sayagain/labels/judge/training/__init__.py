"""Training of the session judge; needs the extra `train`."""
