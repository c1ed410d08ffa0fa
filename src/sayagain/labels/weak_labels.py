"""Weak labels: the NLU hypothesis that the next turns support for each turn of a session. No annotator is needed.

Each sign supports one hypothesis and is right about as often as `RELIABILITY` says. The numbers are rounded from
development calls (DSTC2) and are the same for every assistant.
"""

from collections.abc import Mapping, Sequence

from sayagain.feedback.retries import sounds_misheard
from sayagain.labels.label import UNKNOWN, Label
from sayagain.languages import DEFAULT, language_of, language_pack
from sayagain.text import content_overlap, letter_similarity, normalise, sound_similarity
from sayagain.turns import NOTHING, DialogueActs, Hypothesis, Session, Turn, declared_acts

__all__ = ["DETECTED", "RELIABILITY", "infer_label", "infer_labels", "response_items"]

FOLLOWING = 2
"""Number of next turns that a label may rest on."""

LIKELY = 0.1
"""Least confidence of an n-best hypothesis that the next turn confirms, for the label to be strong."""

COMPLETES = 0.2
"""Least confidence of an n-best hypothesis that is the union of this turn's hypothesis and the next one's."""

ALIKE = 0.6
"""Least similarity of letters or of sound at which two wordings count as the same request, in [0, 1]."""

SOON = 60_000
"""Longest gap between a request and its rephrase, in milliseconds; after that it is a new request."""

SHARED = 0.3
"""Least overlap of content words at which different words are a rephrase, within `AT_ONCE`, in [0, 1]."""

AT_ONCE = 20_000
"""Longest gap to a rephrase in different words, in milliseconds. Of the pairs that only this rule finds, 79 of 83 are
true rephrases in six simulated homes that no benchmark counts; no part of DSTC2 was used to choose it."""

DETECTED = "rephrased otherwise"
"""The sign that rests on the rephrase detector alone."""

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
    DETECTED: (0.80, 1.0),  # not understood; then words that the rephrase detector is sure of were
    "completed": (0.80, 1.0),  # the next hypothesis completes this one: the union is in the n-best
    "not done": (0.75, 0.3),  # understood but not carried out: nothing speaks against the hypothesis
    "not found": (0.50, 0.3),  # understood, but the named thing was not found: the name may be wrong
    "rated badly": (0.95, 1.0),  # the user said on purpose that it was wrong
    "rated well": (0.95, 1.0),  # the user said on purpose that it was right
    "error": (0.85, 0.5),  # the assistant reported an error: the hypothesis is wrong
    "unexplained": (0.60, 0.3),  # not understood, and the next turns do not explain it
}
"""For each sign: the probability that its hypothesis is right, and the weight of the label in training."""


def infer_labels(session: Session, rephrases: Mapping[str, str] | None = None) -> list[Label | None]:
    """Return the weak label of each turn of a session; None where the next turns support no hypothesis.

    Args:
        session: the session.
        rephrases: from the id of a turn that was not understood to that of the later turn that surely rephrases it.
    """
    rephrases = rephrases or {}
    return [
        infer_label(turn, session.turns[i + 1 : i + 1 + FOLLOWING], rephrase=rephrases.get(turn.turn_id))
        for i, turn in enumerate(session.turns)
    ]


def infer_label(turn: Turn, following: Sequence[Turn], *, rephrase: str | None = None) -> Label | None:
    """Return the weak label of one turn; None where the next turns support no hypothesis.

    Args:
        turn: the turn to label.
        following: the next turns of its session, up to `FOLLOWING`, in order; may be empty.
        rephrase: id of the one that surely rephrases it, in whatever words.
    """
    hypothesis = turn.understood
    if hypothesis.empty:
        return _label_not_understood(turn, following, rephrase)
    rating = _rating(turn)
    if rating is not None and turn.trouble is None:
        return _label(turn, "rated well", hypothesis) if rating else _label(turn, "rated badly", UNKNOWN)
    if turn.trouble == "not done" and (following or turn.complained):
        return _label(turn, "not done", hypothesis)
    if turn.trouble == "not found":
        return _label_not_found(turn, hypothesis, following)
    if not following:
        # The last request was carried out. A session that ends without an action supports nothing.
        carried_out = bool(turn.actions) and all(action.ok for action in turn.actions)
        interrupted = turn.interrupted is not None and turn.interrupted.yes
        return _label(turn, "done", hypothesis) if carried_out and not interrupted else None
    return _label_understood(turn, hypothesis, following[0].understood, declared_acts((turn, following[0])))


def response_items(turn: Turn) -> set[str]:
    """Return all slot names and values in the acts of a turn's response."""
    if turn.response is None:
        return set()
    return {part for act in turn.response.acts for slot in act.slots for part in (slot.name, str(slot.value))}


def _rating(turn: Turn) -> bool | None:
    """Return whether the explicit ratings of a turn are good on average; None without a rating, or if neutral."""
    values = [report.value for report in turn.feedback if report.value is not None]
    mean = sum(values) / len(values) if values else 0.5
    return None if mean == 0.5 else mean > 0.5


def _label_not_understood(turn: Turn, following: Sequence[Turn], rephrase: str | None) -> Label | None:
    """Label a turn that was not understood, by the next turn that was understood."""
    if not following:
        return _label(turn, "error", UNKNOWN) if turn.complained else None
    # A second failure in a row is no evidence: take the first later turn that was understood.
    understood_turn = next((next_turn for next_turn in following if not next_turn.understood.empty), None)
    if (
        understood_turn is not None
        and not understood_turn.understood.intents <= declared_acts((understood_turn,)).social
    ):
        next_hypothesis = understood_turn.understood
        confidences = {listed.key: listed.confidence for listed in turn.hypotheses}
        if next_hypothesis.key in confidences:
            confidence = confidences[next_hypothesis.key]
            same_words = normalise(following[0].heard) == normalise(turn.heard)
            confident = same_words or confidence is None or confidence >= LIKELY
            words = understood_turn.request if _same_language(turn, understood_turn) else None
            return _label(turn, "said again" if confident else "said again, faint", next_hypothesis, words)
        if _is_rephrase(turn, understood_turn):
            return _label(turn, "rephrased", next_hypothesis, understood_turn.request)
    other_words = next((next_turn for next_turn in following if next_turn.turn_id == rephrase), None)
    if other_words is not None and not other_words.understood.empty:
        return _label(turn, DETECTED, other_words.understood, other_words.request)
    return _label(turn, "error", UNKNOWN) if turn.complained else _label(turn, "unexplained", NOTHING)


def _label_not_found(turn: Turn, hypothesis: Hypothesis, following: Sequence[Turn]) -> Label:
    """Label a turn whose named entity was not found; only a retry that sounds alike shows a misheard name."""
    retry = following[0] if following else None
    if (
        retry is not None
        and _same_language(turn, retry)
        and retry.trouble is None
        and retry.started - turn.started <= SOON
        and retry.understood.intents == hypothesis.intents
        and sounds_misheard(normalise(turn.heard), normalise(retry.heard)) is not None
    ):
        return _label(turn, "rephrased", retry.understood, retry.request)
    return _label(turn, "not found", hypothesis)


def _label_understood(turn: Turn, hypothesis: Hypothesis, next_hypothesis: Hypothesis, acts: DialogueActs) -> Label:
    """Label a turn that was understood, by the agreement of the next turn with its hypothesis."""
    if hypothesis.intents <= acts.social:
        return _label(
            turn,
            "moved on" if not next_hypothesis.empty and next_hypothesis.key != hypothesis.key else "unclear",
            hypothesis,
        )
    union = hypothesis.union(next_hypothesis)
    if (
        not next_hypothesis.empty
        and union.key not in (hypothesis.key, next_hypothesis.key)
        and not hypothesis.conflicts(next_hypothesis)
    ):
        confidences = {listed.key: listed.confidence for listed in turn.hypotheses}
        if union.key in confidences and (
            confidences[union.key] is None or (confidences[union.key] or 0.0) >= COMPLETES
        ):
            return _label(turn, "completed", union)
    mentioned = response_items(turn)
    values_echoed = bool(hypothesis.slots) and all(str(slot.value) in mentioned for slot in hypothesis.slots)
    if next_hypothesis.intents & acts.refusal:
        sign = "refused"
    elif next_hypothesis.intents & acts.agreement:
        sign = "confirmed" if values_echoed else "unclear"
    elif next_hypothesis.key == hypothesis.key:
        sign = "repeated"
    elif next_hypothesis.empty or hypothesis.conflicts(next_hypothesis):
        sign = "moved on" if values_echoed else "unclear"
    elif next_hypothesis.items > hypothesis.items:
        sign = "refused"
    elif next_hypothesis.intents <= acts.social:
        sign = "fulfilled" if values_echoed else "unclear"
    else:
        sign = "moved on, answered" if values_echoed else "moved on"
    return _label(turn, sign, hypothesis)


def _same_language(turn: Turn, later_turn: Turn) -> bool:
    codes = {language_of(turn.language), language_of(later_turn.language)}
    return len(codes - {None}) < 2


def _is_rephrase(turn: Turn, later_turn: Turn) -> bool:
    """Return whether a later request is a rephrase: its words look or sound alike, or share content words."""
    gap = later_turn.started - turn.started
    # Across languages, similar words are similar by chance.
    if gap > SOON or not _same_language(turn, later_turn):
        return False
    if max(letter_similarity(turn.heard, later_turn.heard), sound_similarity(turn.heard, later_turn.heard)) >= ALIKE:
        return True
    language = language_pack(language_of(turn.language) or DEFAULT)
    if gap > AT_ONCE or language is None:
        return False
    common = language.common | language.commands | language.fillers | language.social
    shared = set(normalise(turn.heard).split()) & set(normalise(later_turn.heard).split()) - common
    return bool(shared) and content_overlap(turn.heard, later_turn.heard, common=common) >= SHARED


def _label(turn: Turn, sign: str, hypothesis: Hypothesis, words: str | None = None) -> Label:
    probability, weight = RELIABILITY[sign]
    return Label(
        turn_id=turn.turn_id,
        hypothesis=hypothesis,
        words=words,
        provenance=sign,
        probability=probability,
        weight=weight,
    )
