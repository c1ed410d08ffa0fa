"""Completes the request of a turn from its session, with the shipped completer."""

from collections.abc import Sequence
from functools import lru_cache

from sayagain.languages import DEFAULT, language_of, language_pack
from sayagain.rewriting.completion.completer import Completion, open_completer
from sayagain.rewriting.completion.utterance import Speech, read_utterance, recent_speech
from sayagain.turns import Turn

__all__ = ["complete_request"]

COMPLETIONS = 10
"""Most completions of one request; of these, one that is a request that works is passed on."""

PLAUSIBLE = 0.1
"""P(a reference is to be completed) from which completions are looked at: what the session says often makes no request
that works, and what does is weighed against the request as it is."""

REMEMBERED = 1 << 14
"""Requests in their context whose completion is kept: learning asks for the same ones for each fold and trial."""


def complete_request(turn: Turn, history: Sequence[Turn]) -> Sequence[Completion]:
    """Return the request with what it may stand for put in, the likeliest first; none where it is complete.

    Args:
        turn: under way.
        history: the turns before it in its session, oldest first.

    >>> from sayagain.turns import Response
    >>> before = Turn(
    ...     turn_id="1", started=0, request="is there a call from Lola", response=Response(text="Yes, from Lola")
    ... )
    >>> complete_request(Turn(turn_id="2", started=5000, request="call her back"), [before])[0].text
    'call lola back'
    >>> complete_request(Turn(turn_id="2", started=5000, request="call her back"), [])
    ()
    """
    if not history:
        return ()
    language = language_pack(language_of(turn.language) or DEFAULT)
    completer = open_completer()
    if language is None or language.code != completer.language or not completer.may_complete(turn.heard, language):
        return ()
    return _complete(turn.heard, recent_speech(history), language.code)


@lru_cache(maxsize=REMEMBERED)
def _complete(request: str, speech: tuple[Speech, ...], code: str) -> Sequence[Completion]:
    language = language_pack(code)
    assert language is not None
    assert language.references is not None
    context = [read_utterance(text, language.references, by_user=by_user) for by_user, text in speech]
    words = read_utterance(request, language.references, by_user=True)
    return open_completer().complete(context, words, language, limit=COMPLETIONS, sure=PLAUSIBLE, whole=True)
