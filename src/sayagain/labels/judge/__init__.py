"""The session judge: which turns failed, where a goal begins, whether it was reached."""
