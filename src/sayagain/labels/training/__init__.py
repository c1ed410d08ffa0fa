"""Teaching the judges of sessions; needs the extra `train`."""
