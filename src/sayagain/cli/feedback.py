"""The command that stores a user's feedback on a turn, also long after the turn was logged."""

from typing import TYPE_CHECKING

from sayagain.cli import options
from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.output import plain_text
from sayagain.errors import InputError

if TYPE_CHECKING:
    from sayagain.turns import FeedbackReport

__all__ = ["feedback"]

_HELPED = {"yes": 1.0, "no": 0.0}
_THUMBS = {"up": 1.0, "down": 0.0}
_STARS = {str(stars): (stars - 1) / 4 for stars in range(1, 6)}


def feedback(
    turn: str,
    /,
    *,
    helped: str | None = None,
    thumbs: str | None = None,
    rating: str | None = None,
    text: str | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """Store a user's feedback on a turn; give exactly one kind of feedback.

    Args:
        turn: Id of the turn; the turn itself may be logged later.
        helped: Answer to "did that help?": `yes` or `no`.
        thumbs: Thumbs `up` or `down`.
        rating: Stars, from 1 to 5.
        text: The user's own words about what was wrong.
        common: Options of every command.
    """
    report = _report(helped, thumbs, rating, text)
    turn_id = options.text(turn, "TURN")
    out = common.output
    with open_learner(common) as learner:
        new = learner.feedback(turn_id, report)
        known = learner.store.turn(turn_id) is not None
    message = f"feedback on turn {turn_id} is stored" if new else f"this feedback on turn {turn_id} was stored before"
    out.result({"turn_id": turn_id, "new": new, "turn_known": known}, [plain_text(message)])
    if not known:
        out.remark(plain_text(f"there is no turn {turn_id} yet; the feedback will be added to it"))


def _report(helped: str | None, thumbs: str | None, rating: str | None, words: str | None) -> "FeedbackReport":
    # Imported late: the records are slow to import, and --help does not need them.
    from sayagain.turns import FeedbackReport  # noqa: PLC0415  (see above)

    reports = []
    if helped is not None:
        reports.append(FeedbackReport(kind="helped", value=_one_of(_HELPED, "--helped", helped)))
    if thumbs is not None:
        reports.append(FeedbackReport(kind="thumbs", value=_one_of(_THUMBS, "--thumbs", thumbs)))
    if rating is not None:
        reports.append(FeedbackReport(kind="rating", value=_one_of(_STARS, "--rating", rating)))
    if words is not None:
        reports.append(FeedbackReport(kind="correction", text=options.text(words, "--text")))
    if len(reports) != 1:
        problem = "several kinds of feedback are given" if reports else "no feedback is given"
        raise InputError(f"{problem}; expected one of --helped, --thumbs, --rating, --text")
    return reports[0]


def _one_of(values: dict[str, float], name: str, word: str) -> float:
    if word not in values:
        raise InputError(f"{name} is {word!r}; expected one of {', '.join(values)}")
    return values[word]
