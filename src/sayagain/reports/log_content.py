"""What a log holds and what it lacks, with the consequences in plain words."""

from collections.abc import Iterator, Mapping

__all__ = ["log_content_sentences"]

_HELD = {
    "with_replies": "a reply",
    "with_error_codes": "an error code",
    "with_hypotheses": "a hypothesis",
    "with_users": "a user",
    "with_languages": "a language",
}

_LACKING = {
    "with_replies": "No turn holds the assistant's reply, so no apology shows a failure; what people do next does.",
    "with_error_codes": "No turn states an error code: failures are told by replies and by what people do next.",
    "with_hypotheses": "No turn states how the request was understood, so failures are told by its words alone.",
    "with_users": "No turn says who spoke: all who speak count as one home.",
    "with_languages": "No turn states its language: it is guessed from the words, English in doubt.",
}


def log_content_sentences(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield a sentence about what the turns of a log hold, and one for each thing that none of them does.

    Args:
        counts: of a manifest; nothing is said of one that was written before they were counted.

    >>> list(log_content_sentences({"read_turns": 2, "with_replies": 2, "with_users": 0}))[1]
    'No turn says who spoke: all who speak count as one home.'
    """
    known = [name for name in _HELD if name in counts]
    if not counts.get("read_turns"):
        return
    held = ", ".join(f"{counts[name]:,} {_HELD[name]}" for name in known)
    yield f"of {counts['read_turns']:,} turns {held}"
    for name in known:
        if not counts[name]:
            yield _LACKING[name]
