"""So much more or less than there is never becomes a value, in each language whose steps are written down."""

import pytest

from sayagain.guardrails import refuse
from sayagain.guardrails.stated_steps import changed_step, states_step
from sayagain.languages import language_codes, language_pack, spoken_words

# A step, and the value with its number that it must not become.
STEPS = {
    "en": [
        ("turn the heater up 2 degrees", "set the heater to 2 degrees"),
        ("make it 2 degrees warmer", "set the temperature to 2 degrees"),
        ("lower the lamp by 20 percent", "set the lamp to 20 percent"),
    ],
    "de": [
        ("stell die heizung 2 grad wärmer", "stell die heizung auf 2 grad"),
        ("dreh die heizung um 2 grad hoch", "stell die heizung auf 2 grad"),
        ("senke die lautstärke um 10 prozent", "stell die lautstärke auf 10 prozent"),
    ],
    "fr": [
        ("baisse le chauffage de 2 degrés", "règle le chauffage à 2 degrés"),
        ("mets le chauffage 2 degrés plus chaud", "mets le chauffage à 2 degrés"),
        ("monte le volume de 10 pour cent", "mets le volume à 10 pour cent"),
    ],
    "nl": [
        ("zet de verwarming 2 graden warmer", "zet de verwarming op 2 graden"),
        ("verlaag de temperatuur met 2 graden", "zet de temperatuur op 2 graden"),
        ("maak het licht 20 procent feller", "zet het licht op 20 procent"),
    ],
    "es": [
        ("sube la calefacción 2 grados", "pon la calefacción a 2 grados"),
        ("pon la calefacción 2 grados más caliente", "pon la calefacción a 2 grados"),
        ("baja la luz un 20 por ciento", "pon la luz a 20 por ciento"),
    ],
    "it": [
        ("alza il riscaldamento di 2 gradi", "imposta il riscaldamento a 2 gradi"),
        ("metti il riscaldamento 2 gradi più caldo", "imposta la temperatura a 2 gradi"),
        ("abbassa la luce del 20 percento", "imposta la luce al 20 percento"),
        ("aumenta il volume del 10 percento", "imposta il volume al 10 percento"),
        ("altri 5 gradi", "imposta la temperatura a 5 gradi"),
    ],
    "pt": [
        ("aumenta o aquecimento 2 graus", "define o aquecimento para 2 graus"),
        ("põe o aquecimento 2 graus mais quente", "define a temperatura para 2 graus"),
        ("baixa a luz em 20 por cento", "define a luz para 20 por cento"),
        ("mais 5 graus", "define a temperatura para 5 graus"),
        ("sobe o volume 10 por cento", "define o volume para 10 por cento"),
    ],
    "sv": [
        ("höj värmen 2 grader", "ställ in värmen på 2 grader"),
        ("gör det 2 grader varmare", "ställ in temperaturen på 2 grader"),
        ("sänk ljuset med 20 procent", "ställ in ljuset på 20 procent"),
        ("öka volymen med 10 procent", "ställ in volymen på 10 procent"),
        ("två grader kallare", "ställ in temperaturen på två grader"),
    ],
    "pl": [
        ("zwiększ ogrzewanie o 2 stopnie", "ustaw ogrzewanie na 2 stopnie"),
        ("o 2 stopnie cieplej", "ustaw temperaturę na 2 stopnie"),
        ("zmniejsz jasność o 20 procent", "ustaw jasność na 20 procent"),
        ("podnieś temperaturę o dwa stopnie", "ustaw temperaturę na dwa stopnie"),
        ("ciszej o 10 procent", "ustaw głośność na 10 procent"),
    ],
    "ru": [
        ("прибавь отопление на 2 градуса", "установи отопление на 2 градуса"),
        ("сделай на 2 градуса теплее", "установи температуру на 2 градуса"),
        ("уменьши яркость на 20 процентов", "установи яркость на 20 процентов"),
        ("теплее на два градуса", "установи температуру на два градуса"),
        ("увеличь громкость на 10 процентов", "установи громкость на 10 процентов"),
    ],
}
VALUES = {
    "it": ["imposta il riscaldamento a 21 gradi", "abbassa la luce al 20 percento", "alza la temperatura a 23 gradi"],
    "pt": [
        "define o aquecimento para 21 graus",
        "baixa a luz para 20 por cento",
        "aumenta a temperatura para 23 graus",
    ],
    "sv": ["ställ in värmen på 21 grader", "sänk ljuset till 20 procent", "höj temperaturen till 23 grader"],
    "pl": ["ustaw ogrzewanie na 21 stopni", "zmniejsz jasność do 20 procent", "podnieś temperaturę do 23 stopni"],
    "ru": ["установи отопление на 21 градус", "уменьши яркость до 20 процентов", "подними температуру до 23 градусов"],
}


def cases(table):
    return [(code, line) for code, lines in table.items() for line in lines]


def test_every_language_with_a_pack_knows_steps():
    assert set(STEPS) == set(language_codes())


@pytest.mark.parametrize(("code", "pair"), cases(STEPS))
def test_a_step_does_not_become_a_value(code, pair):
    pack = language_pack(code)
    step, value = (spoken_words(text, pack) for text in pair)
    assert (states_step(step, language=pack), states_step(value, language=pack)) == (True, False)
    for confirmed in (False, True):
        assert refuse(pair[0], None, pair[1], None, language=code, confirmed=confirmed) is not None
    assert "where so much more or less was asked for" in changed_step(step, value, pack)
    # The same step in the same words is no other, and neither is a value.
    assert changed_step(step, step, pack) is None
    assert changed_step(value, value, pack) is None


@pytest.mark.parametrize(("code", "value"), cases(VALUES))
def test_a_value_is_no_step(code, value):
    pack = language_pack(code)
    assert not states_step(spoken_words(value, pack), language=pack)


def test_what_the_caller_computed_may_be_a_value():
    made = refuse("make it 2 degrees warmer", None, "set the temperature to 22 degrees", None, computed=True)
    assert made is None or "more or less" not in made
