"""The whole loop behind one object."""

from sayagain.learner.intake import Progress
from sayagain.learner.learner import Learner
from sayagain.learner.records import Defect, Explanation, Ingested, ReleaseLine, RewriteLine

__all__ = ["Defect", "Explanation", "Ingested", "Learner", "Progress", "ReleaseLine", "RewriteLine"]
