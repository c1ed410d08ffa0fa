"""Where torch is not installed there is nothing to collect here; `make test-train` installs it."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("torch") else ["test_*.py"]
