"""Training of the frame labeller; needs the extra `train`."""
