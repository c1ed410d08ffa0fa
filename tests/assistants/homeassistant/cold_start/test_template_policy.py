"""The cold start in German: the sentences are Home Assistant's own, and what it understands is never touched."""

import contextlib
import threading

import pytest

from benchmarks.cold_start_requests import half_home
from benchmarks.no_harm_templates import home_in, template_sentences
from sayagain.assistants.homeassistant.cold_start import cold_start as cold_start_file
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle


@pytest.fixture(scope="module")
def home():
    return half_home("de", "development")


@pytest.fixture(scope="module")
def german(home):
    return ColdStart(home)


@pytest.fixture(scope="module")
def oracle(home):
    return Oracle(home, "de")


def decide(cold_start, said, words, room=None, language="de-AT"):
    return cold_start.decide(said(words, room, language=language))


@pytest.mark.parametrize(
    ("heard", "intent", "target"),
    [
        ("schlate die leselampe ein", "HassTurnOn", "light.t2"),
        ("knips den badspiegel an", "HassTurnOn", "light.t4"),
        ("mach mir mal eben den wasserkocher aus", "HassTurnOff", "switch.t6"),
        ("den saugroboter bitte strten", "HassVacuumStart", "vacuum.t15"),
    ],
)
def test_what_is_misheard_or_said_otherwise_is_said_as_home_assistant_has_it(
    german, oracle, said, heard, intent, target
):
    assert not oracle.recognises(heard)
    decision = decide(german, said, heard)
    words = decision.text if decision.changed else decision.ask
    frame = oracle.read(words).frames[0]
    assert (frame.intent, frame.targets) == (intent, {target})


def test_the_room_is_the_one_that_is_spoken_in(german, home, oracle, said):
    decision = decide(german, said, "licht asu bitte", "room_2")
    assert oracle.read(decision.ask or decision.text, home.areas[2]).targets == {"light.t2"}


@pytest.mark.parametrize(
    "heard",
    [
        "wer hat den fernseher angemacht",
        "mach den fernsehr nicht an",
        "der fernsehr ist aus",
        "mach den fernsehr in zehn minuten aus",
        "mach das radoi aus wenn der film beginnt",
        "hör auf das radoi auszumachen",
        "fernseher",
        "erzähl mir einen witz",
        "rollladen wohnzimmer stop",
        "mach alles aus",
        "alle rollläden wohnzimmer zuu",
        "nachtlicht an",
    ],
)
def test_what_orders_nothing_now_or_names_nothing_here_is_left(german, oracle, said, heard):
    assert not oracle.recognises(heard)
    decision = decide(german, said, heard, "room_1")
    assert (decision.changed, decision.ask) == (False, None)


@pytest.mark.parametrize("heard", ["das garagentor bitte aufmahcen", "gargentor zumachen", "haustür absperrn"])
def test_a_way_into_the_house_is_asked_about_whichever_way_it_moves(german, said, heard):
    decision = decide(german, said, heard)
    assert not decision.changed
    assert decision.ask is not None


@pytest.mark.parametrize("heard", ["schlafzimmer lcihter aufdrehen", "schreibtischlampe auf", "leselamp ausmacien"])
def test_a_direction_that_was_not_heard_is_never_acted_on_unasked(german, said, heard):
    assert not decide(german, said, heard).changed


def test_no_sentence_of_home_assistant_is_touched(said):
    home = home_in("de")
    german = ColdStart(home)
    for number, sentence in zip(range(60), template_sentences("de", 5), strict=False):
        decision = decide(german, said, sentence.text, home.areas[number % len(home.areas)].id)
        assert (decision.changed, decision.ask) == (False, None), sentence.text


@pytest.mark.parametrize(
    ("heard", "why"),
    [
        ("die leselampe geht von selbst an", "it is a report"),
        ("schlate die leselampe um acht uhr ein", "it says “um acht uhr”"),
        ("schlate die leselampe für zehn minuten ein", "it says “für zehn minuten”"),
        ("schlate die leselampe ein wenn ich komme", "it says “wenn”"),
        ("mach die leselmape 20 prozent heller", "it says so much more or less"),
    ],
)
def test_what_other_words_could_not_carry_is_left(german, said, heard, why):
    decision = decide(german, said, heard)
    assert (decision.changed, decision.ask) == (False, None)
    assert why in decision.why


def test_no_request_waits_while_the_sentences_of_its_language_are_made(home, said, monkeypatch):
    making, may_end = threading.Event(), threading.Event()

    def slow_matcher(*_):
        making.set()
        assert may_end.wait(10)
        raise RuntimeError("ended")

    monkeypatch.setattr(cold_start_file, "TemplateMatcher", slow_matcher)
    cold_start = ColdStart(home)

    def first():
        with contextlib.suppress(RuntimeError):
            decide(cold_start, said, "licht asu")

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert making.wait(10)
        assert "still being made" in decide(cold_start, said, "licht asu").why
    finally:
        may_end.set()
        thread.join()
