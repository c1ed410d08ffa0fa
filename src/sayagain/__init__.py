"""sayagain: the self-learning layer for conversational assistants.

>>> import tempfile
>>> from sayagain import Learner, Turn
>>> with tempfile.TemporaryDirectory() as folder, Learner(f"{folder}/home.db") as learner:
...     learner.observe(Turn(turn_id="t1", started=0, request="lamp on", user_id="u"))
...     learner.rewrite("lamp on", user="u").text
'lamp on'
"""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.errors import SayagainError
    from sayagain.learner import Learner
    from sayagain.runtime import Decision
    from sayagain.turns import Hypothesis, Slot, Turn

__all__ = ["Decision", "Hypothesis", "Learner", "SayagainError", "Slot", "Turn", "__version__"]

__version__ = "0.1.0"

# Late, because learning's libraries take a second to import, and `sayagain --help` needs none of them.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Decision": "runtime",
        "Hypothesis": "turns",
        "Learner": "learner",
        "SayagainError": "errors",
        "Slot": "turns",
        "Turn": "turns",
    },
)
