"""From the log to a release."""
