"""The detector: letters, meaning and behaviour find a rephrase; what was understood, and replies, are none."""

import json
import shutil

import pytest

from sayagain.errors import CorruptModel, ModelError
from sayagain.labels.rephrase import open_detector
from sayagain.labels.rephrase.detector import SHIPPED, RephraseDetector, choice_probabilities
from sayagain.turns import Response, Session, Turn

LOST = Response(text="Sorry, I didn't get that.", type="error", error_code="no_intent_match")
OFFLINE = Response(text="Sorry, something went wrong", type="error", error_code="failed_to_handle")
DONE = Response(text="OK", type="action_done")


@pytest.fixture(scope="module", params=[True, False], ids=["encoder", "no encoder"])
def detector(request):
    shipped = open_detector()
    return shipped if request.param else bare()


def bare():
    text = (SHIPPED / "model.txt").read_text(encoding="utf-8")
    return RephraseDetector(text, None)


def session(*turns, name="s", gap=8_000, at=0):
    return Session(
        session_id=name,
        turns=tuple(
            Turn(
                turn_id=f"{name}{place}",
                started=at + place * gap,
                request=request,
                user_id=name,
                language="en",
                response=response,
            )
            for place, (request, response) in enumerate(turns)
        ),
    )


def best(detector, *sessions):
    return {rephrase.turn_id: rephrase for rephrase in detector.rephrases(sessions)}


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("turn of the lamb", "turn off the lamp"),
        ("friend door", "lock the front door"),
        ("what the weather", "what is the weather today"),
        ("play maj and dragons", "play imagine dragons"),
    ],
)
def test_misheard_words_are_said_again(detector, heard, meant):
    found = best(detector, session((heard, LOST), (meant, DONE)))["s0"]
    assert found.target_id == "s1"
    assert found.probability > 0.5


def test_the_rephrase_is_chosen_among_later_requests(detector):
    whole = session(("turn of the lamb", LOST), ("what is the weather", DONE), ("turn off the lamp", DONE))
    assert best(detector, whole)["s0"].target_id == "s2"


def test_something_else_is_no_rephrase(detector):
    found = best(detector, session(("turn of the lamb", LOST), ("tell me a joke", DONE)))["s0"]
    assert found.probability < 0.5


def test_behaviour_finds_what_shares_no_word(detector):
    pair = (("where is my package", LOST), ("track my order", DONE))
    once = best(detector, session(*pair))["s0"]
    day = 86_400_000
    log = [session(*pair, name=f"u{n}-", at=n * day) for n in range(12)]
    log += [session((f"request {n}", DONE), (f"request {n + 1}", DONE), name=f"v{n}-", at=n * day) for n in range(40)]
    assert once.lift == 0
    found = best(detector, *log)["u0-0"]
    assert found.probability > max(once.probability, 0.7)


def test_an_execution_failure_is_not_examined(detector):
    assert not best(detector, session(("lock the front door", OFFLINE), ("lock the back door", DONE)))


def test_a_request_that_worked_is_not_examined(detector):
    assert not best(detector, session(("where is my package", DONE), ("track my order", DONE)))


@pytest.mark.parametrize("reply", ["never mind", "yes", "no"])
def test_replies_and_giving_up_are_no_rephrase(detector, reply):
    assert not best(detector, session(("turn of the lamb", LOST), (reply, DONE)))


def test_a_later_request_behind_the_time_limit_is_none(detector):
    whole = session(("turn of the lamb", LOST), ("turn off the lamp", DONE), gap=90_000)
    assert not best(detector, whole)
    assert detector.rephrases([whole], window=120_000)


def test_probabilities_of_a_choice_leave_room_for_none():
    shares = choice_probabilities([3.0, 1.0, -2.0])
    assert shares == sorted(shares, reverse=True)
    assert 0.9 < sum(shares) < 1
    assert choice_probabilities([800.0]) == [1.0]


def test_a_changed_model_is_refused(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "model")
    (tmp_path / "model" / "model.txt").write_text("tree", encoding="utf-8")
    with pytest.raises(CorruptModel, match="SHA-256"):
        open_detector(tmp_path / "model")


def test_a_model_of_a_later_version_is_refused():
    text = (SHIPPED / "model.txt").read_text(encoding="utf-8").replace("same_start", "blood_pressure")
    with pytest.raises(ModelError, match="blood_pressure"):
        RephraseDetector(text, None)


def test_another_encoder_leaves_meaning_out(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "model")
    manifest = tmp_path / "model" / "manifest.json"
    values = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**values, "encoder": "0" * 32}), encoding="utf-8")
    assert open_detector(tmp_path / "model").encoder is None


def test_the_shipped_model_has_a_card_and_is_small():
    assert "## Limits" in (SHIPPED / "card.md").read_text(encoding="utf-8")
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 25_000_000
