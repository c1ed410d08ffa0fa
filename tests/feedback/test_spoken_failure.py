"""Assistants whose log has words and replies alone."""

import msgspec
import pytest

from sayagain.feedback import state_failure
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.turns import Action, Hypothesis, Nlu, Response, Turn


def answered(text, **fields):
    return Turn(turn_id="t", started=0, request="lamp of", response=Response(text=text), **fields)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Sorry, I couldn't understand that"),
        ("en", "I didn't quite catch that. Could you say it again?"),
        ("en", "Could you rephrase that, please?"),
        ("de", "Entschuldigung, das habe ich nicht verstanden"),
        ("de", "Ich verstehe das leider nicht"),
        ("fr", "Désolé, je n'ai pas compris"),
        ("nl", "Sorry, ik snap het niet"),
        ("es", "Lo siento, no he entendido"),
        (None, "Sorry, I didn't understand that."),
        (None, "Entschuldigung, das habe ich leider nicht verstanden"),
    ],
)
def test_a_reply_that_says_it_did_not_understand_is_an_error(language, text):
    turn = answered(text, language=language)
    assert turn.trouble is None
    assert state_failure(turn).trouble == "not understood"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Turned on the lamp"),
        ("en", "Sorry, the lamp is offline"),
        ("en", "An unexpected error occurred"),
        ("en", "Sorry, I can't help with that"),
        ("en", "The word misunderstand means to understand wrongly"),
        ("en", "I understand. The lamp is on."),
        ("de", "Es ist ein unerwarteter Fehler aufgetreten"),
        ("fr", "Une erreur est intervenue pendant le traitement"),
        ("nl", "Sorry, er is onverwacht iets misgegaan"),
        ("es", "Se ha producido un error inesperado al procesar la instrucción"),
        ("hu", "Sajnálom, nem értettem"),
    ],
)
def test_a_reply_that_says_anything_else_is_left_as_it_is(language, text):
    turn = answered(text, language=language)
    assert state_failure(turn) is turn


@pytest.mark.parametrize(
    "known",
    [
        {"nlu": Nlu(ranking=(Hypothesis(intent="x"),))},
        {"actions": (Action(target="lamp"),)},
        {"response": Response(text="Sorry, I couldn't understand that", type="query_answer")},
        {"response": None},
    ],
)
def test_what_is_known_otherwise_is_believed(known):
    turn = msgspec.structs.replace(answered("Sorry, I couldn't understand that"), **known)
    assert state_failure(turn) is turn


def test_a_log_of_words_and_replies_alone_teaches(worlds, tmp_path):
    """The same world as elsewhere, with nothing but ids, times, words and replies."""
    log = [
        Turn(
            turn_id=turn.turn_id,
            started=turn.started,
            request=turn.request,
            user_id=turn.user_id,
            device_id=turn.device_id,
            response=Response(text="Sorry, I didn't understand that." if turn.complained else "All right."),
        )
        for turn in worlds.misheard(users=40, hypotheses=False)
    ]
    learnt = learn(log, LearnSettings(holdout=0.0))
    assert learnt.manifest.counts["defects"] > 0
    decider = Decider(open_contents(write_release(tmp_path, learnt.manifest, learnt.files)))
    request = Turn(turn_id="x", started=0, request="turn of the lamp")
    assert decider.decide(request, []).text == "turn off the lamp"
