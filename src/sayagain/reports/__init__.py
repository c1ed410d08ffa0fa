"""Reports: the questions people ask of a log and of a release."""
