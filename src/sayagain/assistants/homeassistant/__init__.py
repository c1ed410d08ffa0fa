"""Home Assistant: a Wyoming agent that it asks, an observer of what it does, and what was learnt in its own words.

Each part is imported by its own name; all of them need the extra `homeassistant`.
"""

import warnings

import sayagain.extras

# Before Python 3.13 wyoming warns of a module that it will replace.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    for _module in ("aiohttp", "wyoming.audio", "hassil", "yaml", "zeroconf"):
        sayagain.extras.require(_module, "homeassistant")
