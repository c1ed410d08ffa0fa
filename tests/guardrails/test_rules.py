import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.guardrails import Rules, refuse, sensitive_kinds
from sayagain.languages import language_pack
from sayagain.turns import Hypothesis, Slot

ENGLISH = language_pack("en")


def read(intent, **slots):
    return Hypothesis(intent=intent, slots=tuple(Slot(name, value) for name, value in slots.items()))


def test_a_plain_repair_passes():
    request, candidate = read(""), read("HassTurnOn", name="bedroom lamp")
    assert refuse("turn on the bedroom lamb", request, "turn on the bedroom lamp", candidate) is None
    assert refuse("turn of the lamp", None, "turn off the lamp", None) is None
    assert refuse("play maj and dragons", None, "play imagine dragons", None) is None


def test_leaving_it_is_never_refused_but_another_reading_of_the_same_words_is_judged():
    assert refuse("unlock the door", None, "Unlock the door!", None) is None
    assert refuse("", read(""), "", read("")) is None
    assert refuse("yes", read("inform"), "yes", read("affirm")) == 'it would answer for the user: "affirm"'


@pytest.mark.parametrize("candidate", ["", "  ", "?!"])
def test_never_into_nothing(candidate):
    assert refuse("lamp on", None, candidate, None) == "it would leave nothing to say"


def test_never_into_what_is_read_as_nothing():
    assert refuse("lamp on", None, "lamp un", read("")) == "the assistant would read it as nothing"


@pytest.mark.parametrize("act", ["affirm", "negate", "hello", "repeat", "thankyou", "bye", "ack"])
def test_never_adds_a_social_act(act):
    assert f'"{act}"' in refuse("north part", read("inform", food="thai"), "north", read(act))
    assert f'"{act}"' in refuse("north part", None, "north part please", read(f"inform+{act}", food="thai"))
    assert f'"{act}"' in refuse("north part", read("inform"), "north", read("inform", act=act))
    assert refuse("whatever", read(act), "north", read(act, food="thai")) is None


def test_never_into_words_that_only_answer():
    assert (
        refuse("type of food", None, "thank you goodbye", None) == 'it would answer for the user: "thank you goodbye"'
    )
    assert refuse("than cue bye", None, "thank you bye", None) is not None
    assert refuse("thanks", None, "thank you", None) is None


@pytest.mark.parametrize(
    ("request_", "candidate"),
    [
        ("don't turn on the lamp", "turn on the lamp"),
        ("don’t turn on the lamp", "turn on the lamp"),
        ("turn on the lamp", "do not turn on the lamp"),
        ("everything except the lamp", "everything and the lamp"),
        ("never call", "call"),
        ("why don't you not turn on the lamp", "turn on the lamp"),
        ("no lights on in the attic", "lights on in the attic"),
        # A request that states no language is judged in its own.
        ("mach das garagentor nicht auf", "mach das garagentor auf"),
        ("n'ouvre pas le garage", "ouvre le garage"),
        ("ouvre pas la porte", "ouvre la porte"),
        ("doe de garage niet open", "doe de garage open"),
    ],
)
def test_never_turns_a_negation_round(request_, candidate):
    assert "turn the request round" in refuse(request_, None, candidate, None)


def test_the_negation_of_a_courtesy_turns_nothing_round():
    assert refuse("why don't you turn on the lamb", None, "turn on the lamp", None) is None
    assert refuse("won't you please turn on the lamp", None, "turn on the lamp", None) is None


def test_a_negation_said_differently_passes():
    assert refuse("dont play jazz", None, "do not play jazz", None) is None


@pytest.mark.parametrize("pair", ENGLISH.opposites, ids=lambda pair: min(pair.one))
def test_never_into_the_opposite(pair):
    for one in pair.one:
        for other in pair.other:
            for a, b in ((one, other), (other, one)):
                assert refuse(f"{a} it", None, f"{b} it", None, confirmed=True) is not None


@pytest.mark.parametrize("word", ["all", "every", "everything"])
def test_never_wider_by_a_word(word):
    assert refuse("lights off", None, f"turn {word} lights off", None) == (
        f'it would act on more than was asked for: "{word}"'
    )
    assert refuse(f"{word} lights of", None, f"{word} lights off", None) is None


def test_never_wider_by_a_lost_name_or_area():
    lamp = read("HassTurnOff", name="lamp", area="attic")
    assert 'lose the name "lamp"' in refuse("x", lamp, "y", read("HassTurnOff", area="attic"))
    assert 'lose the area "attic"' in refuse("x", lamp, "y", read("HassTurnOff", name="lamp"))
    light = read("HassTurnOff", domain="light", area="kitchen")
    assert refuse("x", light, "y", read("HassTurnOff", name="kitchen light")) is None
    assert refuse("x", lamp, "y", read("HassTurnOff", name="lampe", area="attic")) is None


def test_never_wider_by_a_lost_word_where_readings_are_missing():
    names = ["Attic", "reading lamp"]
    assert refuse("lights of in the attic", None, "lights off", None, names=names) == (
        'it would lose "attic" and act on more than was asked for'
    )
    assert refuse("lights of in the attic", None, "lights off in the attic", None, names=names) is None
    assert refuse("lights of in the attick", None, "lights off", None, names=names) is None


@pytest.mark.parametrize(
    ("request_", "candidate", "kind"),
    [
        ("by milk", "buy milk", "buy something"),
        ("caw mum", "call mum", "call someone"),
        ("block the front door", "lock the front door", "lock or unlock something"),
        ("an lock the door", "unlock the back door", None),
        ("the garage", "open the garage", "open a way into the house"),
        ("this arm the house", "disarm the house", None),
        ("turn of the alarm", "turn off the alarm", "switch an alarm"),
    ],
)
def test_never_into_what_is_sensitive_without_the_users_word(request_, candidate, kind):
    reason = refuse(request_, None, candidate, None)
    assert reason is not None
    if kind is not None:
        assert reason == f"it would {kind}, which the request did not ask for; ask first"
        assert refuse(request_, None, candidate, None, confirmed=True) is None


def test_what_was_sensitive_already_may_be_repaired():
    assert refuse("lock the frond door", None, "lock the front door", None) is None


def test_a_reading_gives_away_what_the_words_do_not():
    bolt = read("HassTurnOn", domain="lock", name="bolt")
    assert sensitive_kinds("bolt it", bolt, ENGLISH) == ["lock or unlock something"]
    assert "lock or unlock something" in refuse("boat it", None, "bolt it", bolt)
    assert sensitive_kinds("go", read("OpenGarageDoor"), ENGLISH) == ["open a way into the house"]
    assert sensitive_kinds("go", read("PURCHASE"), ENGLISH) == ["buy something"]


def test_confirmation_opens_nothing_else():
    assert "turn the request round" in refuse("don't unlock it", None, "unlock it", None, confirmed=True)


def test_the_blocklist_knows_words_intents_and_rewrites():
    jazz = read("PlayMusic")
    for blocked in ("free jazz", "PlayMusic", "chain-7"):
        reason = refuse("play free chess", None, "play free jazz", jazz, [blocked], rewrite_id="chain-7")
        assert blocked in reason
        assert "on the blocklist" in reason
    rules = Rules(
        blocked_words=frozenset({"jazz"}), blocked_intents=frozenset({"X"}), blocked_rewrites=frozenset({"chain-7"})
    )
    assert refuse("play free chess", None, "play jazz", None, rules=rules) == '"jazz" is on the blocklist'
    assert refuse("play free chess", None, "play it", read("X"), rules=rules) == 'the intent "X" is on the blocklist'
    assert refuse("a", None, "b", None, rewrite_id="chain-7", rules=rules) == "the rewrite chain-7 is on the blocklist"
    assert refuse("play free chess", None, "play jazzy", None, ["jazz", ""], rules=Rules()) is None


WORDS = ("turn", "on", "off", "the", "lamp", "all", "not", "buy", "lock", "door", "yes", "thank", "you")
words = st.lists(st.sampled_from(WORDS), max_size=6)


@given(words, words)
def test_what_passes_breaks_no_rule(before, after):
    if refuse(" ".join(before), None, " ".join(after), None) is not None or before == after:
        return
    assert after
    assert ("not" in before) == ("not" in after)
    assert "all" in before or "all" not in after
    for word in ("buy", "lock"):
        assert word in before or word not in after


@pytest.mark.parametrize("hypothesis", [None, Hypothesis(intent="track_order"), Hypothesis(intent="TrackOrder")])
def test_to_track_an_order_is_to_ask_where_it_is(hypothesis):
    assert refuse("where is my package", None, "track my order", hypothesis) is None


@pytest.mark.parametrize("words", ["place my order", "order my usual", "order the track"])
def test_to_order_stays_sensitive(words):
    assert sensitive_kinds(words, None, language_pack("en")) == ["buy something"]


def test_the_next_track_is_no_question():
    assert refuse("next song", None, "next track", Hypothesis(intent="media_next_track")) is None
