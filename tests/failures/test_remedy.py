import pytest

from sayagain.failures import LogKnowledge
from sayagain.failures.remedy import find_remedy
from sayagain.turns import Action, Resolution, sessions

NOW, DAY = 1_767_225_600_000, 86_400_000
LOST = ("Sorry, I couldn't understand that", "no_intent_match")


@pytest.fixture
def remedy(home_log):
    """The remedy of the last of some turns at a stage."""

    def remedy(stage, *turns, min_users=1):
        log = sessions([*home_log, *turns])
        session = next(s for s in log if turns[-1] in s.turns)
        return find_remedy(turns[-1], stage, LogKnowledge.of(log).about(session), min_users=min_users)

    return remedy


def test_nothing_is_done_about_what_went_well(remedy, make_turn):
    assert remedy("correct", make_turn("lamp on")) is None


def test_words_misheard_once_are_a_matter_of_sound_and_again_of_teaching(remedy, make_turn):
    words = "turn on the chicken light"
    once, again = (make_turn(words, answer=LOST, at=NOW + day * DAY) for day in (0, 1))
    assert remedy("asr", once).kind == "microphone"
    taught = remedy("asr", once, again)
    assert taught.kind == "teach"
    assert "“turn on the kitchen light”" in taught.sentence


def test_what_others_say_is_not_shown_to_a_user_before_enough_of_them_say_it(remedy, make_turn):
    words = "turn on the chicken light"
    turns = [make_turn(words, answer=LOST, at=NOW + day * DAY, user="guest") for day in (0, 1)]
    assert "kitchen light" in remedy("asr", *turns, min_users=1).sentence
    assert "kitchen light" not in remedy("asr", *turns, min_users=2).sentence
    # The user who says it may be shown it.
    own = [make_turn(words, answer=LOST, at=NOW + day * DAY) for day in (0, 1)]
    assert "kitchen light" in remedy("asr", *own, min_users=2).sentence


def test_a_name_that_is_not_known_becomes_an_alias(remedy, make_turn):
    lost = make_turn("turn on the corner light", answer=LOST)
    found = remedy("nlu", lost)
    assert found.kind == "alias"
    assert "“corner”" in found.sentence


def test_a_wording_that_is_not_known_becomes_a_custom_sentence(remedy, make_turn, hypothesis):
    assert remedy("nlu", make_turn("we are out of milk", answer=LOST)).kind == "custom_sentence"
    misread = remedy("nlu", make_turn("good night", hypothesis=hypothesis("HassTurnOff", area="kitchen")))
    assert misread.kind == "custom_sentence"
    assert "was taken for HassTurnOff" in misread.sentence


@pytest.mark.parametrize(
    ("status", "id_", "kind"), [("not_found", None, "expose"), ("ambiguous", "light.desk_lamp", "rename")]
)
def test_a_thing_that_is_not_found_or_shares_its_name(remedy, make_turn, hypothesis, status, id_, kind):
    turn = make_turn(
        "turn on the desk lamp",
        hypothesis=hypothesis("HassTurnOn", name="desk lamp"),
        resolution=(Resolution(slot="name", raw="desk lamp", id=id_, status=status),),
    )
    found = remedy("entity_resolution", turn)
    assert found.kind == kind
    assert "called “desk lamp”" in found.sentence


def test_a_thing_that_did_not_respond_is_named(remedy, make_turn):
    turn = make_turn("lamp on", actions=(Action(target="light.lamp", ok=False), Action(target="light.hall")))
    assert "light.lamp did not do what it was told" in remedy("result", turn).sentence
    assert "light.hall" not in remedy("result", turn).sentence
    assert remedy("result", make_turn("lamp on")).kind == "check_device"


def test_a_false_wake_is_a_matter_of_the_wake_word(remedy, make_turn):
    found = remedy("false_wake", make_turn("the news at ten", answer=LOST))
    assert found.kind == "wake_word"
    assert "okay_nabu" in found.sentence
