"""The same act: a comparison of two requests in a language without a pack, by spelling and hypotheses."""

from sayagain.guardrails.script import same_spelling
from sayagain.guardrails.stated_names import MISHEARD, NAME_SLOTS
from sayagain.text import letter_similarity, normalise, sound_similarity
from sayagain.turns import Hypothesis

__all__ = ["is_same_act"]


def is_same_act(request: str, candidate: str, before: Hypothesis | None, after: Hypothesis | None) -> bool:
    """Whether a candidate asks for what was asked for: spelt otherwise, or the same but for one misheard name.

    A hypothesis alone proves nothing, since an assistant may read a negated request as its opposite; so the words
    around the name must be the same too.

    Args:
        request: the words as heard, normalised.
        candidate: the words to be said instead, normalised.
        before: how the request is read, where known.
        after: how the candidate is read, where known.

    >>> from sayagain.turns import Slot
    >>> lamb, lamp = (Hypothesis(intent="Off", slots=(Slot("name", name),)) for name in ("lámba", "Lámpa"))
    >>> is_same_act("lámba le", "lámpa le", lamb, lamp), is_same_act("lámba fel", "lámpa le", lamb, lamp)
    (True, False)
    """
    if same_spelling(request, candidate):
        return True
    if before is None or after is None or (before.intent, before.domain) != (after.intent, after.domain):
        return False
    lost_items, added_items = before.items - after.items, after.items - before.items
    if len(lost_items) != 1 or len(added_items) != 1:
        return False
    (slot, heard_name), (other_slot, name) = *lost_items, *added_items
    heard_name, name = normalise(heard_name), normalise(name)
    if slot != other_slot or slot not in NAME_SLOTS or any(map(str.isdigit, heard_name + name)):
        return False
    if max(letter_similarity(heard_name, name), sound_similarity(heard_name, name)) < MISHEARD:
        return False
    request_parts, candidate_parts = (
        f" {request} ".partition(f" {heard_name} "),
        f" {candidate} ".partition(f" {name} "),
    )
    return bool(request_parts[1] and candidate_parts[1]) and (request_parts[0], request_parts[2]) == (
        candidate_parts[0],
        candidate_parts[2],
    )
