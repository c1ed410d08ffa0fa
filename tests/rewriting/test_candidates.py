import math

import pytest

from sayagain.guardrails.candidate_refusal import refuse_candidate
from sayagain.rewriting.candidates import UNRANKED, gather
from sayagain.rewriting.chain import ChainRewrite, Why
from sayagain.rewriting.change import change_class
from sayagain.rewriting.choice import choose, may_ask
from sayagain.rewriting.evidence import Evidence
from sayagain.rewriting.features import NAMES, features
from sayagain.rewriting.knowledge import Link, Wording
from sayagain.rewriting.lexicon import terms
from sayagain.rewriting.own import PersonalRequests
from sayagain.rewriting.retrieve import RetrievedRequest
from sayagain.rewriting.table import TableRow, Use
from sayagain.turns import NOTHING, Asr, AsrHypothesis, Hypothesis, Nlu, Response, Slot, Turn, said

ON = Hypothesis(intent="on", slots=(Slot("name", "lamp"),))
OFF = Hypothesis(intent="off", slots=(Slot("name", "lamp"),))
THAI = Hypothesis(intent="inform", slots=(Slot("food", "thai"),))
NORTH = Hypothesis(intent="inform", slots=(Slot("area", "north"),))
JAZZ = Hypothesis(intent="play", slots=(Slot("genre", "contemporary jazz"),))
THAI_NORTH = Hypothesis(intent="inform", slots=(Slot("area", "north"), Slot("food", "thai")))
LOST = Response(type="error", error_code="no_intent_match")


def turn(request="turn of the lamp", nbest=(), ranking=None, **fields):
    asr = Asr(nbest=tuple(AsrHypothesis(text=text, confidence=c) for text, c in nbest)) if nbest else None
    nlu = Nlu(ranking=ranking) if ranking is not None else None
    return Turn(turn_id="t", started=0, request=request, asr=asr, nlu=nlu, **fields)


def row(*uses, plain=None):
    return TableRow(heard=4, users=2, plain=plain, uses=tuple(Use(hypothesis=r, weight=w, users=2) for r, w in uses))


def layers(found):
    return [(each.layer, each.hypothesis.key, each.text) for each in found]


def chain(source, target, words):
    rewrite = ChainRewrite(
        id="chain-1",
        source_state=source,
        target_state=target.key,
        sources=(),
        target=words,
        probability=0.9,
        evidence=Evidence(wins=5, losses=0, trials=5, turns=5, users=3, last_seen=0),
        why=Why(alone=0.1, success=0.9, share=1, base_share=0, lift_low=0.4, bound=0),
    )
    return Link(rewrite=rewrite, target=target)


@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
@pytest.mark.parametrize("request_", ["", "turn of the lamp", "\ud800"])
def test_where_nothing_is_known_it_can_be_left_and_nothing_else_done(knowledge, position, request_):
    leave, none = gather(turn(request_), [], knowledge(), position)
    assert (leave.layer, leave.text, none.layer, none.hypothesis) == ("leave", request_, "none", NOTHING)
    assert leave.hypothesis.intent == "said"


def test_readings_come_in_the_assistants_order_and_the_first_is_to_leave_it(knowledge):
    ranking = (Hypothesis(intent="", confidence=0.5), Hypothesis(intent="off", confidence=0.3), ON)
    found = gather(turn(ranking=ranking), [], knowledge(), "read")
    assert [(c.layer, c.rank) for c in found] == [("leave", 0), ("n-best", 1), ("n-best", 2)]
    assert [c.confidence for c in found[:2]] == [0.5, 0.3]
    assert math.isnan(found[2].confidence)
    assert {c.text for c in found} == {"turn of the lamp"}


def test_the_table_adds_what_these_words_turned_out_to_mean(knowledge):
    rows = {"turn of the lamp": row((OFF, 3.0), (ON, 2.0), (THAI, 1.5), plain=NOTHING)}
    wordings = {OFF.key: Wording(text="turn off the lamp", good=5, users=3)}
    heard = gather(turn(), [], knowledge(rows=rows, wordings=wordings), "heard")
    # Words are needed where the assistant has to be told in words, and at most two readings are added.
    assert layers(heard) == [
        ("leave", NOTHING.key, "turn of the lamp"),
        ("table", OFF.key, "turn off the lamp"),
    ]
    read = gather(turn(ranking=(NOTHING,)), [], knowledge(rows=rows, wordings=wordings), "read")
    assert layers(read) == [
        ("leave", NOTHING.key, "turn of the lamp"),
        ("table", OFF.key, "turn off the lamp"),
        ("table", ON.key, "turn of the lamp"),
    ]


def test_a_reading_with_less_than_half_a_turn_behind_it_is_not_thought_of(knowledge):
    thin, one = ({"turn of the lamp": row((OFF, weight))} for weight in (0.4, 0.8))
    wordings = {OFF.key: Wording(text="turn off the lamp", good=5.0, users=2)}
    for rows, position, layers_found in (
        (thin, "heard", ["leave", "none"]),
        (one, "heard", ["leave", "none", "table"]),
        # An assistant that lists its hypotheses says itself what else it may have been.
        (one, "read", ["leave", "none"]),
    ):
        candidates = gather(turn(), [], knowledge(rows=rows, wordings=wordings), position)
        assert [candidate.layer for candidate in candidates] == layers_found


def test_other_transcripts_are_taken_for_what_they_are_mostly_read_as(knowledge):
    rows = {"turn off the lamp": row(plain=OFF), "turn of the lamb": row(plain=NOTHING), "lamp off": row(plain=OFF)}
    nbest = (("turn of the lamp", 0.5), ("turn of the lamb", 0.3), ("turn off the lamp", 0.1), ("lamp off", 0.1))
    found = gather(turn(nbest=nbest), [], knowledge(rows=rows), "heard")
    assert layers(found)[:2] == [
        ("leave", said("turn of the lamp").key, "turn of the lamp"),
        ("n-best", OFF.key, "turn off the lamp"),
    ]
    assert [c.confidence for c in found[:2]] == pytest.approx([0.5, 0.1])
    assert [c.rank for c in found] == [0, 2, UNRANKED]


def test_how_the_assistant_reads_it_is_known_in_position_parsed_alone(knowledge):
    rows = {"turn of the lamp": row(plain=OFF)}
    for position, expected in (("heard", OFF), ("parsed", ON), ("read", ON)):
        found = gather(turn(ranking=(ON,)), [], knowledge(rows=rows), position)
        assert found[0].hypothesis == expected


def test_the_users_own_and_everybodys_requests_that_sound_alike(knowledge):
    own = PersonalRequests()
    own.add(OFF, "lamp off", "turn of the lamp", 1.0)
    rows = {"take the lamp": row(plain=ON), "turn on the radio": row(plain=JAZZ), "lamp": row(plain=NOTHING)}
    search = {
        "turn of the lamp": [
            RetrievedRequest("take the lamp", 0.9),
            RetrievedRequest("turn on the radio", 0.8),
            RetrievedRequest("lamp", 0.5),
        ]
    }
    known = knowledge(rows=rows, found=search, own=own)
    found = gather(turn(), [], known, "heard")
    # Jazz is nowhere in what was heard, and "lamp" alone is not understood: neither is put in.
    assert layers(found)[2:] == [("personal", OFF.key, "lamp off"), ("global", ON.key, "take the lamp")]
    assert found[3].likeness == 0.9
    assert {c.layer for c in gather(turn(), [], known, "read")} == {"leave", "none"}


def test_the_chain_leads_on_from_a_reading_or_from_the_words_where_nothing_was_read(knowledge):
    links = {"heard:turn of the lamp": chain("heard:turn of the lamp", OFF, "turn off the lamp")}
    rows = {"turn of the lamp": row(plain=NOTHING)}
    found = gather(turn(), [], knowledge(links=links, rows=rows), "heard")
    assert layers(found)[-1] == ("chain", OFF.key, "turn off the lamp")
    found = gather(turn(ranking=(NOTHING,)), [], knowledge(links=links), "read")
    assert layers(found)[-1] == ("chain", OFF.key, "turn off the lamp")
    links = {ON.key: chain(ON.key, OFF, "turn off the lamp")}
    found = gather(turn(ranking=(ON,)), [], knowledge(links=links), "read")
    assert layers(found)[-1] == ("chain", OFF.key, "turn off the lamp")


def test_what_the_words_say_beside_what_was_read_is_joined_to_it(knowledge):
    taught = [
        (terms([(words, 1.0)], ()), hypothesis, f"u{k}", 0.9)
        for k in range(12)
        for words, hypothesis in (("thai food", THAI), ("in the north", NORTH), ("thai food in the north", THAI_NORTH))
    ]
    found = gather(turn("thai food in the north", ranking=(THAI,)), [], knowledge(taught=taught), "read")
    assert ("lexicon", THAI_NORTH.key, "thai food in the north") in layers(found)
    conflicting = Hypothesis(intent="inform", slots=(Slot("area", "south"),))
    found = gather(turn("thai food in the north", ranking=(conflicting,)), [], knowledge(taught=taught), "read")
    assert all(c.hypothesis.facts.get("area", {"south"}) == {"south"} for c in found)


def test_no_reading_is_there_twice(knowledge):
    rows = {"turn of the lamp": row((OFF, 3.0), plain=NOTHING)}
    wordings = {OFF.key: Wording(text="turn off the lamp", good=5, users=3)}
    links = {"heard:turn of the lamp": chain("heard:turn of the lamp", OFF, "turn off the lamp")}
    found = gather(turn(ranking=(NOTHING, OFF)), [], knowledge(rows=rows, wordings=wordings, links=links), "read")
    keys = [c.hypothesis.key for c in found]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
def test_an_answer_that_is_not_known_yet_changes_no_candidate(knowledge, position):
    before = gather(turn(), [], knowledge(), position)
    after = gather(turn(response=LOST), [], knowledge(), position)
    assert layers(before) == layers(after)


@pytest.mark.parametrize("position", ["heard", "parsed"])
@pytest.mark.parametrize("source", ["heard:turn of the lamp", ON.key])
def test_the_ranker_sees_what_the_chain_knows_whichever_layer_names_the_candidate(knowledge, position, source):
    links = {source: chain(source, OFF, "turn off the lamp")}
    plain = ON if source == ON.key else NOTHING
    wordings = {OFF.key: Wording(text="turn off the lamp", good=5, users=3)}
    for layer, uses in (("chain", ()), ("table", ((OFF, 3.0),))):
        known = knowledge(rows={"turn of the lamp": row(*uses, plain=plain)}, links=links, wordings=wordings)
        found = gather(turn(), [], known, position)
        (place,) = (k for k, each in enumerate(found) if each.hypothesis.key == OFF.key)
        assert found[place].layer == layer
        seen = features(turn(), [], found, known, position)
        columns = [NAMES.index(name) for name in ("chain_leads_here", "chain_probability", "chain_lift")]
        assert seen[place, columns].tolist() == pytest.approx([1.0, 0.9, 0.4])
        assert seen[0, columns[0]] == 0


@pytest.mark.parametrize("layer", ["n-best", "table", "chain"])
def test_words_that_mostly_go_wrong_themselves_are_passed_on_by_no_source(knowledge, layer):
    wrong = TableRow(heard=4, users=2, plain=OFF, judged=4, defects=3)
    known = {
        "n-best": {"rows": {"lamp off": wrong}},
        "table": {
            "rows": {"lamp off": wrong, "turn of the lamp": row((OFF, 3.0))},
            "wordings": {OFF.key: Wording(text="lamp off", good=5, users=3)},
        },
        "chain": {"rows": {"lamp off": wrong}, "links": {"heard:turn of the lamp": chain("heard:x", OFF, "lamp off")}},
    }[layer]
    heard = turn(nbest=(("turn of the lamp", 0.6), ("lamp off", 0.4)) if layer == "n-best" else ())
    candidates = gather(heard, [], knowledge(**known), "heard")
    assert [(c.layer, c.fails) for c in candidates if c.layer != "none"] == [("leave", False), (layer, True)]
    choice = choose(heard.heard, candidates, [1 / len(candidates)] * len(candidates), "heard", lambda _: None)
    assert choice.candidate is None
    assert "go wrong" in choice.refused
    assert not may_ask(choice.refused_candidate, "heard")


@pytest.mark.parametrize(
    ("area", "heard", "layers_found"),
    [
        ("kitchen", "kill the lights", []),
        ("bedroom", "kill the lights", ["table"]),
        (None, "kill the lights", ["table"]),
        ("kitchen", "kill the bedroom lights", ["table"]),
    ],
)
def test_no_room_is_put_in_that_is_not_the_users(knowledge, area, heard, layers_found):
    off = Hypothesis(intent="off", slots=(Slot("area", "bedroom"),))
    known = knowledge(
        rows={heard: row((off, 3.0))},
        wordings={off.key: Wording(text="turn off the lights in the bedroom", good=5, users=3)},
    )
    candidates = gather(turn(heard, area=area), [], known, "heard")
    assert [c.layer for c in candidates if c.layer not in ("leave", "none")] == layers_found


KITCHEN_OFF = Hypothesis(intent="off", slots=(Slot("name", "kitchen light"),))
KITCHEN_ROOM_OFF = Hypothesis(intent="off", slots=(Slot("area", "kitchen"),))
KITCHEN_ON = Turn(
    turn_id="before", started=0, request="turn on the kitchen light", response=Response(text="Turned on the light")
)
WORKING = {
    "turn the kitchen light off": TableRow(heard=4, users=2, plain=KITCHEN_OFF),
    "turn the kitchen off": TableRow(heard=9, users=2, plain=KITCHEN_ROOM_OFF),
}


@pytest.mark.parametrize("position", ["heard", "parsed"])
def test_a_request_is_completed_by_the_session_where_that_is_a_request_that_works(knowledge, position):
    found = gather(turn("turn it off"), [KITCHEN_ON], knowledge(rows=WORKING), position)
    assert ("session", KITCHEN_OFF.key, "turn the kitchen light off") in layers(found)
    assert KITCHEN_ROOM_OFF.key not in {key for _, key, _ in layers(found)}
    completed = next(each for each in found if each.layer == "session")
    assert completed.completed == "“it” stands for “the kitchen light”"
    assert 0 < completed.likeness <= 1
    assert change_class(found[0].hypothesis, completed.hypothesis, completed=True) == "completed"


def test_without_a_session_or_a_request_that_works_nothing_is_completed(knowledge):
    for history, rows in (([], WORKING), ([KITCHEN_ON], {})):
        found = gather(turn("turn it off"), history, knowledge(rows=rows), "heard")
        assert "session" not in {layer for layer, _, _ in layers(found)}


def test_a_completed_request_never_moves_a_door_that_was_not_named(knowledge):
    garage = Hypothesis(intent="HassCloseCover", slots=(Slot("name", "garage door"),))
    before = Turn(
        turn_id="1",
        started=0,
        request="is the garage door open",
        response=Response(text="Yes, the garage door is open"),
    )
    rows = {"close the garage door": TableRow(heard=4, users=2, plain=garage)}
    found = gather(turn("close it"), [before], knowledge(rows=rows), "heard")
    completed = next(each for each in found if each.layer == "session")

    def refusal(**given):
        return refuse_candidate(turn("close it"), found[0], completed, blocked=(), names=(), worked=(), **given)

    assert "ask first" in refusal()
    assert refusal(confirmed=True) is None
