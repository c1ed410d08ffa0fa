"""Home Assistant: a Wyoming agent, an observer of its pipelines, and custom sentences from labels.

Import each part by its own name; all of them need the extra `homeassistant`.
"""

import warnings

import sayagain.extras

# Before Python 3.13, wyoming uses a module that is deprecated.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    for _module in ("aiohttp", "wyoming.audio", "hassil", "yaml", "zeroconf"):
        sayagain.extras.require(_module, "homeassistant")
