"""The command that hands on what a user reports of a turn, when the turn was logged long ago."""

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
    """Keep what a user reports of a turn, now or long after it; exactly one kind at a time.

    Args:
        turn: Its id; the turn itself may come later.
        helped: The answer to "did that help?": `yes` or `no`.
        thumbs: `up` or `down`.
        rating: 1 to 5 stars.
        text: What was wrong, in the user's words.
        common: What every command takes.
    """
    report = _report(helped, thumbs, rating, text)
    name = options.text(turn, "TURN")
    out = common.output
    with open_learner(common) as learner:
        new = learner.feedback(name, report)
        known = learner.store.turn(name) is not None
    said = f"feedback on turn {name} is stored" if new else f"feedback on turn {name} was known already"
    out.result({"turn_id": name, "new": new, "turn_known": known}, [plain_text(said)])
    if not known:
        out.remark(plain_text(f"there is no turn {name} yet; the feedback waits for it"))


def _report(helped: str | None, thumbs: str | None, rating: str | None, words: str | None) -> "FeedbackReport":
    # Late, because a record's library takes a while to import and --help needs none.
    from sayagain.turns import FeedbackReport  # noqa: PLC0415  (see above)

    found = []
    if helped is not None:
        found.append(FeedbackReport(kind="helped", value=_one_of(_HELPED, "--helped", helped)))
    if thumbs is not None:
        found.append(FeedbackReport(kind="thumbs", value=_one_of(_THUMBS, "--thumbs", thumbs)))
    if rating is not None:
        found.append(FeedbackReport(kind="rating", value=_one_of(_STARS, "--rating", rating)))
    if words is not None:
        found.append(FeedbackReport(kind="correction", text=options.text(words, "--text")))
    if len(found) != 1:
        given = "several kinds of feedback are" if found else "no feedback is"
        raise InputError(f"{given} given; expected one of --helped, --thumbs, --rating, --text")
    return found[0]


def _one_of(values: dict[str, float], name: str, given: str) -> float:
    if given not in values:
        raise InputError(f"{name} is {given!r}; expected one of {', '.join(values)}")
    return values[given]
