"""Kinds of trouble: whether the words, their meaning or the deed is what a turn lacks."""

from typing import Literal

__all__ = ["TroubleKind", "error_trouble"]

TroubleKind = Literal["not recognised", "not understood", "not found", "not done"]
"""`not recognised`: there are no words. `not understood`: the words match no intent. `not found`: the intent is known,
what it names is not. `not done`: the request was understood and could not be carried out, so its words are right."""

_NOT_RECOGNISED = ("stt-", "stt_", "asr_", "wake-", "audio")
# fmt: off
_NOT_UNDERSTOOD = frozenset({"no_intent_match", "intent-not-supported", "intent-failed", "no_match", "nlu_fallback",
                             "out_of_scope", "action_default_ask_affirmation", "action_default_ask_rephrase",
                             "action_default_fallback", "action_two_stage_fallback"})
_NOT_FOUND = frozenset({"no_valid_targets", "entity_not_found", "not_found"})
_NOT_DONE = frozenset({"failed_to_handle", "timeout", "timed_out", "handler_error", "unreachable",
                       "upstream_unreachable",
                       "unavailable", "offline", "device_offline", "refused", "refusal", "content_filter",
                       "rate_limit_exceeded", "forbidden", "unauthorized"})
# fmt: on


def error_trouble(code: str | None, *, hypothesis: bool) -> TroubleKind:
    """Return the kind of trouble that an error of the assistant tells of.

    Args:
        code: of the error, in the assistant's own words; None where it gives none.
        hypothesis: whether the assistant reports an NLU hypothesis that is not empty. With one, an error that is not
            known is no misunderstanding; without one, nothing shows that the words were understood.

    >>> error_trouble("failed_to_handle", hypothesis=False), error_trouble("E42", hypothesis=False)
    ('not done', 'not understood')
    """
    name = (code or "").lower()
    if name.startswith(_NOT_RECOGNISED):
        return "not recognised"
    if name in _NOT_UNDERSTOOD:
        return "not understood"
    if name in _NOT_FOUND:
        return "not found"
    # A server that breaks down (http_503) says nothing about the words.
    if hypothesis or name in _NOT_DONE or name.startswith("http_5"):
        return "not done"
    return "not understood"
