"""Weak labels: the NLU hypothesis that the next turns support for each turn of a session. No annotator is needed.

Each sign supports one hypothesis and is right about as often as `RELIABILITY` says. The numbers are rounded from
development calls (DSTC2) and are the same for every assistant.
"""

from collections.abc import Sequence

from sayagain.feedback.retries import sounds_misheard
from sayagain.labels.label import UNKNOWN, Label
from sayagain.languages import DEFAULT, language_of, language_pack
from sayagain.text import content_overlap, letter_similarity, normalise, sound_similarity
from sayagain.turns import NOTHING, DialogueActs, Hypothesis, Session, Turn, declared_acts

__all__ = ["RELIABILITY", "infer_label", "infer_labels", "response_items"]

LIKELY = 0.1
"""Least confidence of an n-best hypothesis that the next turn confirms, for the label to be strong."""

COMPLETES = 0.2
"""Least confidence of an n-best hypothesis that is the union of this turn's hypothesis and the next one's."""

ALIKE = 0.6
"""Least similarity of letters or of sound at which two wordings count as the same request, in [0, 1]."""

SOON = 60_000
"""Longest gap between a request and its rephrase, in milliseconds; after that it is a new request."""

SHARED = 0.3
"""Least overlap of the words of content at which other words are a rephrase, when they come at once, in [0, 1]."""

AT_ONCE = 20_000
"""Longest gap to a rephrase in other words, in milliseconds. Of the pairs that only this rule finds, 79 of 83 are
rephrases by the truth of six simulated homes that no benchmark counts; of DSTC2 nothing was chosen here."""

RELIABILITY: dict[str, tuple[float, float]] = {
    "confirmed": (0.80, 1.0),  # the response repeated the hypothesis's values and the user agreed
    "fulfilled": (0.93, 1.0),  # the response repeated them and the user went on to thanks or goodbye
    "moved on, answered": (0.86, 1.0),  # the response repeated them and the next request is about something else
    "moved on": (0.80, 1.0),  # the next request is about something else and does not conflict
    "done": (0.80, 1.0),  # an action was carried out and nothing more was said
    "unclear": (0.75, 0.5),  # the next turn is not understood or changes a value: weak support
    "repeated": (0.60, 0.3),  # the next turn has the same hypothesis
    "refused": (0.30, 0.5),  # the user said no
    "said again": (0.80, 1.0),  # not understood; the next hypothesis is in this n-best with enough confidence
    "said again, faint": (0.45, 1.0),  # the same, with little confidence
    "rephrased": (0.80, 1.0),  # not understood; then words that look or sound alike were
    "completed": (0.80, 1.0),  # the next hypothesis completes this one: the union is in the n-best
    "not done": (0.75, 0.3),  # understood but not carried out: nothing speaks against the hypothesis
    "not found": (0.50, 0.3),  # understood, but the named thing was not found: the name may be wrong
    "rated badly": (0.95, 1.0),  # the user said on purpose that it was wrong
    "rated well": (0.95, 1.0),  # the user said on purpose that it was right
    "error": (0.85, 0.5),  # the assistant reported an error: the hypothesis is wrong
    "unexplained": (0.60, 0.3),  # not understood, and the next turns do not explain it
}
"""For each sign: the probability that its hypothesis is right, and the weight of the label in training."""


def infer_labels(session: Session) -> list[Label | None]:
    """Return the weak label of each turn of a session; None where the next turns support no hypothesis."""
    return [infer_label(turn, session.turns[i + 1 : i + 3]) for i, turn in enumerate(session.turns)]


def infer_label(turn: Turn, following: Sequence[Turn]) -> Label | None:
    """Return the weak label of one turn; None where the next turns support no hypothesis.

    Args:
        turn: the turn to label.
        following: the next one or two turns of its session, in order; may be empty.
    """
    read = turn.understood
    if read.empty:
        return _not_read(turn, following)
    rating = _rating(turn)
    if rating is not None and turn.trouble is None:
        return _label(turn, "rated well", read) if rating else _label(turn, "rated badly", UNKNOWN)
    if turn.trouble == "not done" and (following or turn.complained):
        return _label(turn, "not done", read)
    if turn.trouble == "not found":
        return _not_found(turn, read, following)
    if not following:
        # The last request was carried out. A session that ends without an action supports nothing.
        done = bool(turn.actions) and all(action.ok for action in turn.actions)
        cut = turn.interrupted is not None and turn.interrupted.yes
        return _label(turn, "done", read) if done and not cut else None
    return _read(turn, read, following[0].understood, declared_acts((turn, following[0])))


def response_items(turn: Turn) -> set[str]:
    """Return every slot name and value that the acts of a turn's response mention."""
    if turn.response is None:
        return set()
    return {part for act in turn.response.acts for slot in act.slots for part in (slot.name, str(slot.value))}


def _rating(turn: Turn) -> bool | None:
    """Return whether the user rated a turn well on purpose; None without a rating, or with one in the middle."""
    values = [report.value for report in turn.feedback if report.value is not None]
    mean = sum(values) / len(values) if values else 0.5
    return None if mean == 0.5 else mean > 0.5


def _not_read(turn: Turn, following: Sequence[Turn]) -> Label | None:
    """Label a turn that was not understood by the next turn that was."""
    if not following:
        return _label(turn, "error", UNKNOWN) if turn.complained else None
    # A second failure in a row says nothing: take the first later turn that was understood.
    after = next((later for later in following if not later.understood.empty), None)
    unexplained = _label(turn, "error", UNKNOWN) if turn.complained else _label(turn, "unexplained", NOTHING)
    if after is None or after.understood.intents <= declared_acts((after,)).social:
        return unexplained
    meant = after.understood
    held = {reading.key: reading.confidence for reading in turn.readings}
    if meant.key in held:
        confidence = held[meant.key]
        same = normalise(following[0].heard) == normalise(turn.heard)
        sure = same or confidence is None or confidence >= LIKELY
        words = after.request if _same_language(turn, after) else None
        return _label(turn, "said again" if sure else "said again, faint", meant, words)
    if _is_rephrase(turn, after):
        return _label(turn, "rephrased", meant, after.request)
    return unexplained


def _not_found(turn: Turn, read: Hypothesis, following: Sequence[Turn]) -> Label:
    """Label a turn whose named thing was not found; only a retry that sounds alike shows a misheard name."""
    after = following[0] if following else None
    if (
        after is not None
        and _same_language(turn, after)
        and after.trouble is None
        and after.started - turn.started <= SOON
        and after.understood.intents == read.intents
        and sounds_misheard(normalise(turn.heard), normalise(after.heard)) is not None
    ):
        return _label(turn, "rephrased", after.understood, after.request)
    return _label(turn, "not found", read)


def _read(turn: Turn, read: Hypothesis, after: Hypothesis, acts: DialogueActs) -> Label:
    """Label a turn that was understood, by whether the next turn agrees with its hypothesis."""
    if read.intents <= acts.social:
        return _label(turn, "moved on" if not after.empty and after.key != read.key else "unclear", read)
    united = read.union(after)
    if not after.empty and united.key not in (read.key, after.key) and not read.conflicts(after):
        held = {reading.key: reading.confidence for reading in turn.readings}
        if united.key in held and (held[united.key] is None or (held[united.key] or 0.0) >= COMPLETES):
            return _label(turn, "completed", united)
    mentioned = response_items(turn)
    echoed = bool(read.slots) and all(str(slot.value) in mentioned for slot in read.slots)
    if after.intents & acts.refusal:
        sign = "refused"
    elif after.intents & acts.agreement:
        sign = "confirmed" if echoed else "unclear"
    elif after.key == read.key:
        sign = "repeated"
    elif after.empty or read.conflicts(after):
        sign = "moved on" if echoed else "unclear"
    elif after.items > read.items:
        sign = "refused"
    elif after.intents <= acts.social:
        sign = "fulfilled" if echoed else "unclear"
    else:
        sign = "moved on, answered" if echoed else "moved on"
    return _label(turn, sign, read)


def _same_language(turn: Turn, after: Turn) -> bool:
    codes = {language_of(turn.language), language_of(after.language)}
    return len(codes - {None}) < 2


def _is_rephrase(turn: Turn, after: Turn) -> bool:
    """Return whether a later request says the same again: in words that look or sound alike, or that share content."""
    gap = after.started - turn.started
    # In another language, words that look or sound alike are alike by chance.
    if gap > SOON or not _same_language(turn, after):
        return False
    if max(letter_similarity(turn.heard, after.heard), sound_similarity(turn.heard, after.heard)) >= ALIKE:
        return True
    language = language_pack(language_of(turn.language) or DEFAULT)
    if gap > AT_ONCE or language is None:
        return False
    common = language.common | language.commands | language.fillers | language.social
    shared = set(normalise(turn.heard).split()) & set(normalise(after.heard).split()) - common
    return bool(shared) and content_overlap(turn.heard, after.heard, common=common) >= SHARED


def _label(turn: Turn, sign: str, reading: Hypothesis, words: str | None = None) -> Label:
    probability, weight = RELIABILITY[sign]
    return Label(
        turn_id=turn.turn_id,
        reading=reading,
        words=words,
        provenance=sign,
        probability=probability,
        weight=weight,
    )
