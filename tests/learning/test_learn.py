import json
import os
import random
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from sayagain.errors import InputError
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.store import user_code
from sayagain.turns import Asr, AsrHypothesis, Context, Hypothesis, Nlu, Slot, Turn

ROOT = Path(__file__).parents[1]

DIGESTS = """
import hashlib, json, random, runpy, sys
from sayagain.learning.learn import LearnSettings, learn
worlds = runpy.run_path(sys.argv[1])
dice = random.Random(int(sys.argv[2]))
digests = {}
for name, log, position in (
    ("heard", worlds["misheard"](users=40), "heard"),
    ("read", worlds["noisy"](users=60), "read"),
):
    dice.shuffle(log)
    learnt = learn(log, LearnSettings(position=position))
    digests[name] = {file: hashlib.sha256(content).hexdigest() for file, content in learnt.files.items()}
    digests[name]["judgements"] = repr(learnt.judgements)
    digests[name]["counts"] = repr(learnt.manifest)
print(json.dumps(digests))
"""


def made(tmp_path, log, number=1, **settings):
    learnt = learn(log, LearnSettings(holdout=0.0, **settings))
    return Decider(open_contents(write_release(tmp_path, learnt.manifest, learnt.files)), number=number), learnt


def test_the_same_log_in_any_order_gives_the_same_bytes_in_every_process():
    found = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS, str(ROOT / "conftest.py"), seed],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        found.append(json.loads(done.stdout))
    assert found[0] == found[1]


def test_another_seed_gives_another_release_and_another_log_too(worlds):
    log = worlds.misheard(users=20)
    one = learn(log, LearnSettings(seed=1))
    assert learn(log, LearnSettings(seed=2)).files != one.files
    assert learn(log[:-1], LearnSettings(seed=1)).files != one.files


def test_what_was_misheard_is_put_right_and_what_works_is_left_alone(tmp_path, worlds):
    decider, learnt = made(tmp_path, worlds.misheard(users=40))
    decision = decider.decide(Turn(turn_id="x", started=0, request="Turn of the lamp.", user_id="new"), [])
    assert (decision.text, decision.hypothesis, decision.changed) == ("turn off the lamp", worlds.light_off, True)
    assert "failed 86 of 86 times" in decision.why
    for request in worlds.known:
        decision = decider.decide(Turn(turn_id="x", started=0, request=request, user_id="new"), [])
        assert (decision.text, decision.changed) == (request, False)
    assert learnt.manifest.counts["chain"] == 1
    defects = {each.turn_id for each in learnt.judgements if each.defect}
    lost = {turn.turn_id for turn in worlds.misheard(users=40) if turn.request == "turn of the lamp"}
    assert defects >= lost


def test_the_chain_alone_would_have_found_it(tmp_path, worlds):
    decider, _ = made(tmp_path, worlds.misheard(users=40))
    (link,) = decider.contents.links.values()
    assert (link.rewrite.sources, link.rewrite.target) == (("turn of the lamp",), "turn off the lamp")


def reads_now_and_then(users=40):
    """The same words are read as nothing in a third of the turns, then said again, and rightly in the others."""
    dice = random.Random(5)
    pizza = Hypothesis(intent="inform", slots=(Slot("food", "pizza"),))
    asks = Hypothesis(intent="request", slots=(Slot("request.slot", "phone"),))
    log, at = [], 0

    def add(user, words, *ranking):
        nonlocal at
        at += 8_000
        log.append(
            Turn(
                turn_id=f"t{len(log)}",
                started=at,
                request=words,
                user_id=f"u{user}",
                session_id=f"s{user}",
                nlu=Nlu(ranking=ranking),
            )
        )

    for user in range(users):
        for _ in range(3):
            if dice.random() < 0.33:
                add(user, "a pizza place", Hypothesis(intent=""), pizza)
            add(user, "a pizza place", pizza)
            add(user, "their phone number", asks)
    return log, pizza


def test_what_is_read_as_nothing_now_and_then_is_read_as_it_is_otherwise(tmp_path):
    log, pizza = reads_now_and_then()
    decider, _ = made(tmp_path, log, position="read")

    def decide(*ranking):
        nlu = Nlu(ranking=ranking)
        turn = Turn(turn_id="x", started=0, request="a pizza place", user_id="new", nlu=nlu)
        return decider.decide(turn, [])

    missed = decide(Hypothesis(intent=""), pizza)
    assert (missed.changed, missed.hypothesis, missed.text) == (True, pizza, "a pizza place")
    assert decide(Hypothesis(intent="")).hypothesis == pizza
    assert not decide(pizza).changed


@pytest.mark.parametrize("confidences", [None, "probability", "logarithm"])
@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
def test_it_learns_and_decides_whatever_confidences_there_are(tmp_path, worlds, confidences, position):
    log = worlds.noisy(users=25, confidences=confidences)
    decider, learnt = made(tmp_path, log, position=position)
    assert learnt.manifest.counts["defects"] > 0
    for turn in log[:20]:
        weighed = decider.weigh(turn, [])
        assert sum(each.probability for each in weighed) == pytest.approx(1)
        assert decider.decide(turn, []).heard == turn.request


@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
def test_it_learns_from_requests_and_responses_alone(tmp_path, worlds, position):
    log = worlds.misheard(users=40, hypotheses=False)
    assert all(turn.nlu is None and turn.asr is None for turn in log)
    decider, learnt = made(tmp_path, log, position=position)
    assert learnt.manifest.counts["defects"] > 0
    decision = decider.decide(Turn(turn_id="x", started=0, request="turn of the lamp"), [])
    if position != "read":
        assert decision.text == "turn off the lamp"
    assert not decider.decide(Turn(turn_id="x", started=0, request="turn on the radio"), []).changed


ODD = [
    Turn(turn_id="a", started=0, request=""),
    Turn(turn_id="b", started=0, request="", asr=Asr(), nlu=Nlu(), context=Context()),
    Turn(turn_id="c", started=0, request="lamp", asr=Asr(nbest=(AsrHypothesis(text=""),)), user_id="u"),
    Turn(turn_id="d", started=0, request="?!", nlu=Nlu(ranking=(Hypothesis(intent=""),)), user_id=""),
    Turn(turn_id="e", started=-5, request="灯を消して", nlu=Nlu(intent="", slots=(Slot("x"),)), device_id="d"),
]


@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
@pytest.mark.parametrize("log", [[], *([turn] for turn in ODD), ODD], ids=["none", *"abcde", "all"])
def test_small_and_odd_logs_are_learnt_from(tmp_path, position, log):
    decider, learnt = made(tmp_path, log, position=position)
    assert learnt.manifest.counts["turns"] == len(log) == len(learnt.judgements)
    for turn in ODD:
        assert not decider.decide(turn, []).changed


def test_from_a_log_too_small_for_models_the_verdicts_are_believed(worlds):
    learnt = learn(worlds.misheard(users=3, visits=2))
    assert learnt.manifest.counts["turns"] < 30
    by_turn = {each.turn_id: each for each in learnt.judgements}
    for turn in worlds.misheard(users=3, visits=2):
        judged = by_turn[turn.turn_id]
        assert judged.defect == (turn.request == "turn of the lamp"), (turn.request, judged)


def test_a_text_that_is_no_unicode_is_refused_in_one_sentence():
    slots = (Slot("name", "\ud800"),)
    log = [
        Turn(turn_id=f"{u}{k}", started=k * 60_000, request=words, user_id=u, nlu=Nlu(intent=words, slots=slots))
        for u in "ab"
        for k, words in enumerate(["on", "off", "on", "off"])
    ]
    with pytest.raises(InputError, match="half a surrogate pair"):
        learn(log)


MARKS = ("xylophone", "quagmire", "zephyr")


def with_a_secret(worlds):
    """Everybody's log, and one user who says something that nobody else does, again and again, in every way."""
    log = worlds.misheard(users=30) + worlds.noisy(users=20)
    kept = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "xylophone"),))
    own = Hypothesis(intent="remind", slots=(Slot("what", "quagmire"), Slot("zephyr.what", "zephyr")))
    for visit in range(12):
        start = 50_000_000 + visit * 90_000_000
        for place, (words, hypothesis) in enumerate(
            [
                ("turn of the xylophone", None),
                ("turn off the xylophone", kept),
                ("turn off the lamp", kept),
                ("remind me of the quagmire", own),
                ("remind me of the quagmire zephyr", None),
                ("turn off the lamp", worlds.light_off),
            ]
        ):
            log.append(
                worlds.turn(
                    f"turn-quagmire-{visit}-{place}",
                    words,
                    start + place * 6_000,
                    user_id="user-zephyr",
                    device_id="device-zephyr",
                    session_id=f"session-xylophone-{visit}",
                    nlu=Nlu(ranking=(hypothesis,)) if hypothesis is not None else None,
                    response=worlds.done if hypothesis is not None else worlds.lost,
                    asr=Asr(nbest=(AsrHypothesis(text=words), AsrHypothesis(text="zephyr"))),
                )
            )
    return log


@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
def test_what_only_one_user_ever_said_is_in_no_file_that_everybody_shares(worlds, position):
    learnt = learn(with_a_secret(worlds), LearnSettings(position=position, min_users=2))
    manifest = msgspec.json.encode(learnt.manifest)
    for name, content in (*learnt.files.items(), ("manifest.json", manifest)):
        if name == "personal.arrow":
            continue
        found = [mark for mark in MARKS if mark.encode() in content.lower()]
        assert not found, (name, found)
    everything = b"".join(learnt.files.values()) + manifest
    # Neither a user's name nor a turn's or device's is anywhere, not even in the personal part.
    for name in (b"user-zephyr", b"turn-quagmire", b"device-zephyr", b"session-xylophone"):
        assert name not in everything


@pytest.mark.parametrize("anonymous", ["one", "device"])
@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
def test_what_one_person_says_unidentified_is_in_no_file_either(worlds, position, anonymous):
    log = [
        msgspec.structs.replace(turn, user_id=None) if turn.user_id == "user-zephyr" else turn
        for turn in with_a_secret(worlds)
    ]
    learnt = learn(log, LearnSettings(position=position, anonymous=anonymous))
    for name, content in learnt.files.items():
        assert not [mark for mark in MARKS if mark.encode() in content.lower()], name


def test_a_home_where_nobody_is_identified_learns_from_itself(tmp_path, worlds):
    log = [msgspec.structs.replace(turn, user_id=None) for turn in worlds.misheard(users=40)]
    decider, learnt = made(tmp_path, log)
    assert learnt.manifest.counts["users"] == 1
    decision = decider.decide(Turn(turn_id="x", started=0, request="turn of the lamp"), [])
    assert (decision.text, decision.changed) == ("turn off the lamp", True)
    for request in worlds.known:
        assert not decider.decide(Turn(turn_id="x", started=0, request=request), []).changed


def test_with_personal_learning_off_it_is_in_no_file_at_all(worlds):
    learnt = learn(with_a_secret(worlds), LearnSettings(personal=False))
    everything = b"".join(learnt.files.values()).lower()
    assert not [mark for mark in MARKS if mark.encode() in everything]


def test_where_one_user_is_enough_the_same_words_would_be_there(worlds):
    learnt = learn(with_a_secret(worlds), LearnSettings(personal=False, min_users=1))
    assert all(mark.encode() in b"".join(learnt.files.values()).lower() for mark in MARKS)


def test_a_users_own_part_is_that_users_alone(tmp_path, worlds):
    decider, _ = made(tmp_path, with_a_secret(worlds))
    owns = decider.contents.personal
    assert user_code("user-zephyr", b"") in owns
    for user in ("somebody", None, "u1"):
        turn = Turn(turn_id="x", started=0, request="turn of the xylophone", user_id=user)
        for each in decider.weigh(turn, []):
            assert each.candidate.text == turn.request or "xylophone" not in each.candidate.text
            assert "xylophone" not in each.candidate.hypothesis.key or each.candidate.layer == "leave"
    mine = Turn(turn_id="x", started=0, request="turn of the xylophone", user_id="user-zephyr")
    (own,) = [each.candidate for each in decider.weigh(mine, []) if each.candidate.layer == "personal"]
    assert "xylophone" in own.hypothesis.key


def test_what_an_unknown_user_does_is_kept_for_nobody(worlds):
    log = [msgspec.structs.replace(turn, user_id=None) for turn in worlds.misheard(users=5)]
    learnt = learn(log)
    assert learnt.files["personal.arrow"] == learn([]).files["personal.arrow"]


def test_settings_go_with_the_release(tmp_path):
    decider, learnt = made(tmp_path, [], wins_per_loss=30.0, blocked=("oven", "door"), position="read")
    settings = decider.contents.settings
    assert (settings.blocked, settings.position, settings.holdout) == (("oven", "door"), "read", 0.0)
    # Nothing is known, so nothing is promised.
    assert settings.thresholds == {}
    assert learnt.manifest.settings["blocked"] == "oven,door"


def test_blocked_words_are_never_said(tmp_path, worlds):
    decider, _ = made(tmp_path, worlds.misheard(users=40), blocked=("turn off",))
    decision = decider.decide(Turn(turn_id="x", started=0, request="turn of the lamp"), [])
    assert not decision.changed
    assert '"turn off" is on the blocklist' in decision.why


def test_only_the_latest_turns_are_judged_but_all_are_counted(worlds):
    log = worlds.misheard(users=20)
    learnt = learn(log, LearnSettings(recent=50))
    assert learnt.manifest.counts["turns"] == len(log)
    assert 40 < learnt.manifest.counts["judged"] == len(learnt.judgements) <= 50
    latest = max(turn.started for turn in log)
    assert any(turn.started == latest for turn in log if turn.turn_id in {j.turn_id for j in learnt.judgements})
    whole = learn(log)
    assert len(whole.judgements) == len(log)
    for counted in ("frequency.msgpack", "priors.arrow", "wordings.arrow"):
        assert learnt.files[counted] == whole.files[counted]
    # How often words go wrong is counted where they were judged.
    assert learnt.files["table.arrow"] != whole.files["table.arrow"]
