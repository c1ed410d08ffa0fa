"""Lessons that fit no template: a clause that names the phrase, and a command before or behind it."""

import pytest

from sayagain.languages import language_pack
from sayagain.teaching import read_teaching


@pytest.mark.parametrize(
    ("language", "text", "phrase", "means"),
    [
        ("en", "in case the kids shout party time, turn on the light", "party time", "turn on the light"),
        # The verb stands behind the phrase, and the command behind or before the clause.
        (
            "de",
            "Sollte meine Frau mal Kinoabend sagen, dann schalte bitte das Licht aus",
            "Kinoabend",
            "schalte bitte das Licht aus",
        ),
        ("de", "immer wenn die Kinder Partyzeit rufen, mach das Licht an", "Partyzeit", "mach das Licht an"),
        ("de", "mach das Licht aus sobald ich Feierabend rufe", "Feierabend", "mach das Licht aus"),
        ("nl", "zet het licht uit zodra ik bedtijd fluister", "bedtijd", "zet het licht uit"),
        ("nl", "telkens als de kinderen feest roepen, zet het licht aan", "feest", "zet het licht aan"),
        ("fr", "dès que les enfants crient fête, allume la lumière", "fête", "allume la lumière"),
        ("es", "cada vez que los niños griten fiesta, enciende la luz", "fiesta", "enciende la luz"),
        ("es", "apaga la luz en cuanto mi mujer diga cine", "cine", "apaga la luz"),
    ],
)
def test_a_clause_and_a_command_are_a_lesson_if_the_command_is_understood(language, text, phrase, means):
    request = read_teaching(text, language_pack(language))
    assert request.certain is False
    assert request.readings[0] == (phrase, means, False, True)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "when it rains close the window"),
        ("de", "wenn es regnet mach das Fenster zu"),
        ("de", "wenn ich nach Hause komme mach das Licht an"),
        ("de", "was soll ich denn sagen"),
        ("nl", "als ik thuiskom doe het licht aan"),
        ("fr", "quand il pleut ferme la fenêtre"),
        ("es", "cuando llegue a casa enciende la luz"),
    ],
)
def test_a_clause_in_which_nobody_says_anything_is_none(language, text):
    assert read_teaching(text, language_pack(language)) is None
