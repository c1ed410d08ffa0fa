"""Idioms of ceasing, of condition, of time and of reporting keep a rewrite from doing what was not ordered."""

import pytest

from sayagain.guardrails import refuse

IDIOMS = [
    ("en", "lock the door the moment i leave", "lock the door", "time"),
    ("en", "turn on the porch light at nightfall", "turn on the porch light", "time"),
    ("en", "start the vacuum on my way out", "start the vacuum", "time"),
    ("en", "keep the kitchen lights from turning off", "turn off the kitchen lights", "complaint"),
    ("en", "forget about closing the blinds", "close the blinds", "complaint"),
    ("en", "how come the lights are off", "lights off", "question"),
    ("en", "it would be silly to turn off the fridge", "turn off the fridge", "report"),
    ("de", "hör auf die tür aufzuschließen", "schließ die tür auf", "complaint"),
    ("de", "mach die heizung an vorausgesetzt es friert", "mach die heizung an", "time"),
    ("es", "deja de abrir la puerta", "abre la puerta", "complaint"),
    ("fr", "éteins la télé dans un petit moment", "éteins la télé", "time"),
    ("nl", "hou op met de deur van het slot te halen", "haal de deur van het slot", "complaint"),
    ("it", "spegni la tv tra un pochino", "spegni la tv", "time"),
    ("it", "piantala di chiudere le tende", "chiudi le tende", "start what was to stop|complaint|to stop"),
    ("pl", "włącz ogrzewanie przed naszym przyjazdem", "włącz ogrzewanie", "time"),
    ("pl", "daj spokój z gaszeniem lampy", "zgaś lampę", "complaint|to stop"),
    ("pt", "desliga a tv daqui a um bocadinho", "desliga a tv", "time"),
    ("pt", "deixa-te de apagar a luz", "apaga a luz", "complaint|to stop"),
    ("ru", "лампа сама зажглась", "зажги лампу", "report"),
    ("ru", "открой ворота до приезда курьера", "открой ворота", "time"),
    ("sv", "lampan tändes av sig själv", "tänd lampan", "report"),
    ("sv", "sätt på värmen förutsatt att det fryser", "sätt på värmen", "time|condition"),
]

HARMLESS = [
    ("en", "stop turning on the lights", "turn off the lights"),
    ("en", "turn of the lights", "turn off the lights"),
    ("en", "turn on the second floor lamb", "turn on the second floor lamp"),
    ("en", "turn the lights of soon", "turn the lights of moon"),
    ("es", "si enciende la luz", "enciende la luz"),
    ("it", "spegni la lampata da terra", "spegni la lampada da terra"),
    ("pl", "włącz lampę stojąco", "włącz lampę stojącą"),
    ("pt", "apaga o candeiro", "apaga o candeeiro"),
    ("ru", "включи люстра", "включи люстру"),
    ("sv", "tänd golvlampa", "tänd golvlampan"),
]


@pytest.mark.parametrize(("code", "request_text", "candidate", "kinds"), IDIOMS)
def test_an_idiom_keeps_its_order_from_being_done(code, request_text, candidate, kinds):
    refusal = refuse(request_text, None, candidate, None, language=code)
    assert refusal is not None
    assert any(kind in refusal for kind in kinds.split("|")), refusal


@pytest.mark.parametrize(("code", "request_text", "candidate"), HARMLESS)
def test_what_was_misheard_may_be_put_right(code, request_text, candidate):
    assert refuse(request_text, None, candidate, None, language=code) is None
