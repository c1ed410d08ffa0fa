import json

import pytest

from sayagain.assistants.ovos import Ovos
from sayagain.formats import BadRecord
from sayagain.turns import Slot

NOW = 1_790_000_000_000
SKILL = "lamps.openvoiceos"


def message(at, kind, data=None, *, session="s", **context):
    return {
        "at": NOW + at,
        "type": kind,
        "data": data or {},
        "context": {"session": {"session_id": session}, **context},
    }


def utterance(at, *words, **context):
    return message(at, "recognizer_loop:utterance", {"utterances": list(words)}, **context)


def left(turn_id, heard, passed_on=None):
    """What the transformer leaves in the context."""
    applied = {"id": "r" if passed_on else "none", "from": heard, "to": passed_on or heard}
    return {"turn_id": turn_id, "applied_rewrite": {**applied, "layer": "chain" if passed_on else "leave"}}


def handled(at, **context):
    return message(at, "ovos.utterance.handled", **context)


def intent(at, name, words, **more):
    return message(at, f"{SKILL}:{name}", {"utterance": words, "utterances": [words], "lang": "en-US", **more})


def turns(*events):
    found = list(Ovos().turns(events, "bus"))
    assert not any(isinstance(record, BadRecord) for record in found), found
    return found


def test_the_slots_of_an_intent_are_what_it_does_not_say_of_every_intent():
    (found,) = turns(utterance(0, "lamp to 5"), intent(1, "dim.intent", "lamp to 5", level="5"), handled(2))
    assert (found.nlu.domain, found.nlu.intent, found.nlu.slots) == (SKILL, "dim.intent", (Slot("level", "5"),))
    assert found.nlu.confidence is None


def test_a_keyword_of_adapt_bears_no_name_of_its_skill():
    data = {"intent_type": f"{SKILL}:On", "lamps_openvoiceosLamp": "lamp", "confidence": 0.5, "target": None}
    (found,) = turns(utterance(0, "lamp on"), intent(1, "On", "lamp on", __tags__=[{}], **data), handled(2))
    assert (found.nlu.engine, found.nlu.slots, found.nlu.confidence) == ("adapt", (Slot("Lamp", "lamp"),), 0.5)


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("complete_intent_failure", {}, "no_intent_match"),
        ("ovos.skills.fallback.unknown.response", {"result": False}, "no_intent_match"),
        # As ovos-workshop 7.0 sends it when a handler raises.
        ("mycroft.skill.handler.error", {"name": "x", "exception": "KeyError('lamp')"}, "handler_error"),
    ],
)
def test_a_request_that_came_to_nothing_failed(kind, data, code):
    (found,) = turns(utterance(0, "lamp on"), message(1, kind, data), handled(2))
    assert found.failed
    assert found.response.error_code == code


def test_a_fallback_that_answers_is_a_reading():
    answered = message(1, "ovos.skills.fallback.chat.skill.response", {"result": True})
    refused = message(1, "ovos.skills.fallback.other.skill.response", {"result": False})
    (found,) = turns(utterance(0, "why"), refused, answered, message(2, "speak", {"utterance": "Why not"}), handled(3))
    assert not found.failed
    assert (found.nlu.intent, found.nlu.domain, found.response.text) == ("fallback", "chat.skill", "Why not")


def test_a_turn_that_is_cancelled_is_no_failure_and_no_success():
    (found,) = turns(utterance(0, "lamp on never mind"), message(1, "ovos.utterance.cancelled"), handled(2))
    assert (found.response.type, found.failed) == ("cancelled", False)


def test_an_answer_that_asks_back_is_a_question():
    asks = message(1, "speak", {"utterance": "Which lamp?", "expect_response": True})
    answer = message(3, f"{SKILL}.converse.get_response", {"utterance": "that one"})
    first, second = turns(utterance(0, "lamp"), asks, handled(2), utterance(3, "that one"), answer, handled(4))
    assert first.response.type == "question"
    assert second.nlu.intent == "get_response"


def test_what_rides_along_tells_which_turn_a_message_belongs_to():
    """The first is handled after the second was said, and even after the second was handled."""
    one, two = left("one", "lamp of", "lamp off"), left("two", "time")
    first, second = turns(
        utterance(0, "lamp of"),
        utterance(1, "time"),
        message(2, "speak", {"utterance": "noon"}, sayagain=two),
        handled(3, sayagain=two),
        message(4, "speak", {"utterance": "off"}, sayagain=one),
        handled(5, sayagain=one),
    )
    by_id = {turn.turn_id: turn for turn in (first, second)}
    assert (by_id["one"].response.text, by_id["two"].response.text) == ("off", "noon")
    assert (by_id["one"].heard, by_id["one"].request) == ("lamp of", "lamp off")


def test_without_the_plugin_the_oldest_turn_that_is_not_handled_is_meant():
    first, second = turns(
        utterance(0, "lamp off"),
        utterance(1, "time"),
        message(2, "speak", {"utterance": "off"}),
        handled(3),
        message(4, "speak", {"utterance": "noon"}),
        handled(5),
    )
    assert (first.response.text, second.response.text) == ("off", "noon")


@pytest.mark.parametrize(
    ("kind", "cut"), [("recognizer_loop:record_begin", True), ("mycroft.stop", True), ("x", False)]
)
def test_speaking_into_an_answer_or_stopping_it_is_a_barge_in(kind, cut):
    (found,) = turns(
        utterance(0, "news"),
        message(1, "speak", {"utterance": "a long story"}),
        handled(2),
        message(3, "recognizer_loop:audio_output_start"),
        message(400, kind),
        message(900, "recognizer_loop:audio_output_end"),
    )
    assert found.interrupted.yes == cut
    assert found.speech.started == NOW + 3
    assert found.speech.ended == NOW + (400 if cut else 900)
    assert found.interrupted.by == ("user" if cut else None)


def test_what_is_cut_short_by_a_typed_stop_is_the_answer_before_it():
    news, stop = turns(
        utterance(0, "news"),
        message(1, "speak", {"utterance": "a long story"}),
        handled(2),
        message(3, "recognizer_loop:audio_output_start"),
        utterance(4, "stop"),
        message(5, "stop:global", {"utterance": "stop"}),
        message(6, "mycroft.stop"),
        handled(7),
    )
    assert news.interrupted.yes
    assert stop.interrupted is None


def test_listening_while_nothing_sounds_only_tells_when_the_user_began():
    (found,) = turns(message(0, "recognizer_loop:record_begin"), utterance(1_800, "lamp on"), handled(2_000))
    assert (found.started, found.ended, found.interrupted) == (NOW, NOW + 1_800, None)


def test_a_site_a_speaker_and_the_transcripts_are_kept():
    context = {"session": {"session_id": "s", "site_id": "attic", "lang": "en-US"}, "user_id": "anna"}
    event = {**utterance(0, "lamp on", "lump on"), "context": context}
    (found,) = turns(event)
    assert (found.area, found.user_id, found.language) == ("attic", "anna", "en-US")
    assert [transcript.text for transcript in found.asr.nbest] == ["lamp on", "lump on"]


def test_a_turn_is_given_when_the_next_begins_and_not_before():
    given = Ovos().turns(iter([utterance(0, "a"), handled(1), utterance(2, "b"), None]), "bus")
    assert next(given).request == "a"
    assert isinstance(next(given), BadRecord)


def test_a_turn_that_nothing_follows_is_given_when_time_goes_by():
    def events():
        yield utterance(0, "a")
        yield handled(1)
        yield message(30_000, "sayagain.tick")
        waited.append("30 s")
        yield message(90_000, "sayagain.tick")
        waited.append("90 s")

    waited = []
    given = Ovos().turns(events(), "bus")
    assert next(given).request == "a"
    assert waited == ["30 s"]


def test_a_long_answer_is_waited_for():
    found = turns(
        utterance(0, "news"),
        message(1, "speak", {"utterance": "a long story"}),
        handled(2),
        message(3, "recognizer_loop:audio_output_start"),
        message(200_000, "sayagain.tick"),
        message(200_001, "recognizer_loop:record_begin"),
    )
    assert [turn.interrupted.yes for turn in found] == [True]


def test_what_comes_too_late_for_its_turn_is_no_part_of_the_same_words_said_again():
    first = {"sayagain": left("one", "lamp of")}
    found = turns(
        utterance(0, "lamp of"),
        handled(1, **first),
        utterance(2, "lamp of"),
        message(3, "speak", {"utterance": "too late"}, **first),
        handled(4, sayagain=left("two", "lamp of")),
    )
    assert [(turn.turn_id, turn.response.text) for turn in found] == [("one", ""), ("two", "")]


def test_a_rewrite_that_cannot_be_read_is_told():
    bad = utterance(0, "a", sayagain={"turn_id": "t", "applied_rewrite": {"id": 5}})
    (record,) = Ovos().turns([bad], "bus")
    assert str(record).startswith('bus:1: "context.sayagain.applied_rewrite" is not a rewrite; expected')
    assert json.loads(record.raw) == bad


def test_the_message_says_what_was_expected():
    (record,) = Ovos().turns([{"type": "speak", "data": {}, "context": {}}], "bus")
    assert '"at" is null' in record.reason
