import pytest

from sayagain.feedback import playback_kept
from sayagain.turns import Interruption, Response, Speech

LOST = {"response": Response(type="error", error_code="no_intent_match")}


def test_what_goes_on_playing_was_right(session):
    (unheard_signal,) = playback_kept(session("hello", "play some jazz"))
    assert (unheard_signal.turn_id, unheard_signal.kind, unheard_signal.positive) == ("t1", "playback-kept", True)
    assert playback_kept(session("play some jazz", ("lamp on", {"started": 90_000})))
    heard_fields = {"speech": Speech(started=1_000, ended=4_000, duration=3_000)}
    (heard_signal,) = playback_kept(session(("play the news", heard_fields), ("lamp on", {"started": 5_000})))
    assert heard_signal.strength < unheard_signal.strength


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        ({}, ("louder", {})),
        ({"interrupted": Interruption(yes=True, by="user")}, ("lamp on", {"started": 90_000})),
        ({"interrupted": Interruption(yes=True, by="assistant")}, ("lamp on", {"started": 90_000})),
        ({"speech": Speech(started=1_000, ended=3_000, duration=9_000)}, ("lamp on", {"started": 4_000})),
        (LOST, ("lamp on", {"started": 90_000})),
    ],
)
def test_what_was_stopped_or_never_played_was_not_kept(session, fields, after):
    assert playback_kept(session(("play some jazz", fields), after)) == []


def test_what_does_not_play_is_not_kept(session):
    assert playback_kept(session("turn on the lamp")) == []
