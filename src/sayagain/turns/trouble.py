"""Kinds of trouble: whether a turn lacks the words, their meaning or the action."""

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
    """Return the kind of trouble behind an error of the assistant.

    Args:
        code: the assistant's own error code; None if it gives none.
        hypothesis: whether the assistant reports a non-empty NLU hypothesis. An unknown error is `not done` with one
            and `not understood` without one.

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
    # A failing server (http_503) is no evidence about the words.
    if hypothesis or name in _NOT_DONE or name.startswith("http_5"):
        return "not done"
    return "not understood"
