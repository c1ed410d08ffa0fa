"""A log teaches that a request means another thing in another situation, and decisions follow it."""

import msgspec
import pytest

from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.turns import Context, FeedbackReport, Hypothesis, Interruption, Nlu, Response, Slot, Speech, Turn

ROOM = Hypothesis(intent="RoomTemperature", slots=(Slot("area", "kitchen"),))
OVEN = Hypothesis(intent="OvenTemperature")
WORDS, PLAIN = "what is the temperature", "no what is the temperature of the oven"
MINUTE = 60_000


def asked(number, user, words, listed, *, on, at, cut=False):
    return Turn(
        turn_id=f"{user}-{number}",
        started=at,
        ended=at + 1_000,
        request=words,
        user_id=user,
        device_id=f"kitchen of {user}",
        area="kitchen",
        language="en",
        nlu=Nlu(ranking=listed),
        response=Response(text="20 degrees", type="query_answer"),
        speech=Speech(started=at + 2_000, ended=at + 3_000, duration=4_000),
        interrupted=Interruption(yes=True, by="user", at=at + 3_000) if cut else None,
        feedback=(FeedbackReport(kind="helped", value=0.0, at=at + 5_000),) if cut and number % 5 == 0 else (),
        context=Context(device_states={"oven.oven": "180"} if on else {}, area="kitchen", read_at=at),
    )


def log_of(users=40, days=8):
    """Return a log: with the oven on, people ask for its temperature at once after they heard that of the room."""
    turns = []
    for person in range(users):
        user = f"u{person:02d}"
        for day in range(days):
            at = (day * users + person) * 60 * MINUTE
            on = (person + day) % 2 == 0
            turns.append(asked(2 * day, user, WORDS, (ROOM, OVEN), on=on, at=at, cut=on))
            if on:
                turns.append(asked(2 * day + 1, user, PLAIN, (OVEN,), on=on, at=at + 6_000))
            else:
                lamp = Hypothesis(intent="LampOn")
                turns.append(asked(2 * day + 1, user, "lamp on", (lamp,), on=on, at=at + 2 * MINUTE))
    return turns


@pytest.fixture(scope="module")
def learnt():
    settings = LearnSettings(position="parsed", takes_hypotheses=True, shipped_judge=False, wins_per_loss=3.0)
    return learn(log_of(), settings)


@pytest.fixture(scope="module")
def decider(learnt, tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases")
    return Decider(open_contents(write_release(folder, learnt.manifest, learnt.files)))


def test_the_release_knows_one_ambiguous_request(learnt):
    assert learnt.manifest.counts["ambiguous"] == 1


def test_the_situation_decides(decider):
    on = asked(1, "somebody", WORDS, (ROOM, OVEN), on=True, at=10**12)
    off = asked(2, "somebody", WORDS, (ROOM, OVEN), on=False, at=10**12)
    weighed = {ranked.candidate.hypothesis.intent: ranked.probability for ranked in decider.weigh(on, ())}
    assert weighed["OvenTemperature"] > 0.8
    decision = decider.decide(on, ())
    assert decision.hypothesis is not None
    assert decision.hypothesis.key == OVEN.key
    assert not decider.decide(off, ()).changed


def test_without_context_the_request_is_left(decider):
    on = asked(1, "somebody", WORDS, (ROOM, OVEN), on=True, at=10**12)
    assert decider.decide(msgspec.structs.replace(on, context=Context()), ()).changed is False


def test_the_same_log_gives_the_same_bytes(learnt):
    settings = LearnSettings(position="parsed", takes_hypotheses=True, shipped_judge=False, wins_per_loss=3.0)
    assert learn(reversed(log_of()), settings).files == learnt.files
