"""Teaching, forgetting and feedback through the learner, and that none of it leaks into what is learnt."""

import msgspec
import pytest

from sayagain import Learner
from sayagain.errors import InputError, LessonError
from sayagain.learner import ForgetReport
from sayagain.learning.learn import LearnSettings, learn
from sayagain.turns import AppliedRewrite, Asr, AsrHypothesis, FeedbackReport, Response, Turn


@pytest.fixture
def learner(tmp_path):
    with Learner(tmp_path / "home.db", holdout=0, blocked=("safe",)) as opened:
        yield opened


def test_what_is_taught_counts_from_the_next_request_on(learner):
    made = learner.teach("Study mode", means="set the desk lamp to 40 percent", user="u42")
    assert learner.taught("u42") == [made]
    assert made.at > 1_700_000_000_000
    assert learner.rewrite("study mode please", user="u42").text == "set the desk lamp to 40 percent"
    assert learner.rewrite("study mode", user="u43").text == "study mode"
    assert learner.forget("u42", "study-mode") == ForgetReport(taught=1)
    assert learner.rewrite("study mode", user="u42").text == "study mode"


def test_a_later_lesson_supersedes_one_of_a_clock_that_is_ahead(learner):
    first = learner.teach("study mode", means="lamp on", user="u")
    learner.store.teach(msgspec.structs.replace(first, at=first.at + 10**9))
    learner.teach("study mode", means="lamp off", user="u")
    assert learner.rewrite("study mode", user="u").text == "lamp off"


@pytest.mark.parametrize(
    ("phrase", "means", "sentence"),
    [
        pytest.param(
            "study mode",
            "open the safe",
            '“study mode” cannot mean “open the safe”: "safe" is on the blocklist',
            id="blocklist",
        ),
        pytest.param(
            "study mode", "yes", '“study mode” cannot mean “yes”: it would answer for the user: "yes"', id="answer"
        ),
        pytest.param("study mode", "start study mode", "“start study mode” holds “study mode” itself", id="itself"),
        pytest.param("study mode", "work", "“work” leads back to “study mode”", id="circle"),
    ],
)
def test_what_could_not_be_used_is_not_taught(phrase, means, sentence, learner):
    learner.teach("work", means="go into study mode", user="u")
    with pytest.raises(LessonError) as caught:
        learner.teach(phrase, means=means, user="u")
    assert str(caught.value).startswith(sentence)
    assert isinstance(caught.value, InputError)
    assert len(learner.taught("u")) == 1


def test_feedback_that_comes_late_is_a_signal_of_its_turn(learner, worlds):
    learner.store.add_turns(worlds.misheard(users=3, visits=1))
    turn = next(iter(learner.store.turns()))
    assert learner.feedback(turn.turn_id, FeedbackReport(kind="thumbs", value=0))
    signals = learner.explain(turn.turn_id).signals
    assert [(each.kind, each.positive) for each in signals if each.kind == "rating"] == [("rating", False)]


def test_explain_tells_what_was_taught(learner, worlds):
    learner.store.add_turns([worlds.turn("t", "study mode", 1_767_225_600_000, user_id="u")])
    assert learner.explain("t").decision is None
    learner.teach("study mode", means="lamp on", user="u")
    explained = learner.explain("t")
    assert explained.decision.layer == "taught"
    assert explained.sentences[-1] == (
        "“lamp on” would now be passed on: this user taught that “study mode” means “lamp on”."
    )
    learner.runtime.observe(worlds.turn("s", "lamp on", 1_767_225_700_000, user_id="u"), explained.decision)
    assert "It was rewritten to “lamp on” (layer taught)." in learner.explain("s").sentences


def taught_turns(worlds, users=30):
    """Everybody taught "study mode", which the assistant does not know, and says it every day."""
    applied = AppliedRewrite(
        id="x", source="study mode", target="turn on the lamp", layer="taught", release=None, propensity=1.0
    )
    heard = Asr(text="study mode", nbest=(AsrHypothesis(text="study mode"), AsrHypothesis(text="steady mode")))
    found = []
    for user in range(users):
        for day in range(4):
            at = 1_767_225_600_000 + day * 86_400_000 + user * 600_000
            said = worlds.answered(f"{user}-{day}", "turn on the lamp", at, user_id=f"u{user}")
            found.append(msgspec.structs.replace(said, applied_rewrite=applied, asr=heard))
            found.append(worlds.answered(f"{user}-{day}-2", "turn on the radio", at + 60_000, user_id=f"u{user}"))
    return found


def test_what_users_taught_is_not_learnt_for_anybody(worlds):
    learnt = learn(taught_turns(worlds), LearnSettings(holdout=0.0))
    assert learnt.manifest.counts["labels"] > 100
    for name, content in learnt.files.items():
        assert b"study" not in content.lower(), name
        assert b"steady" not in content.lower(), name


def test_what_people_say_to_teach_is_not_learnt(worlds):
    log = list(worlds.misheard(users=30))
    applied = AppliedRewrite(id="teaching", source="gezellig", target="gezellig", layer="teaching")
    taught = [
        msgspec.structs.replace(turn, turn_id=f"{turn.turn_id}x", request="gezellig", applied_rewrite=applied)
        for turn in log
    ]
    learnt, alone = learn([*log, *taught], LearnSettings(holdout=0.0)), learn(log, LearnSettings(holdout=0.0))
    assert learnt.files == alone.files


def test_neither_the_log_nor_what_was_forgotten_brings_a_lesson_back(worlds, learner):
    learner.store.add_turns(taught_turns(worlds))
    learner.promote(learner.learn(), force=True)
    for user in ("u1", "nobody", None):
        assert learner.rewrite("study mode", user=user).text == "study mode"
    assert learner.forget("u1") == ForgetReport(turns=8, judgements=8, learnt_again=1)
    assert list(learner.store.turns(user_id="u1")) == []


@pytest.mark.parametrize(("users", "answered"), [(8, False), (1, True)])
def test_strangers_without_a_name_teach_nobody_in_conversation(learner, users, answered):
    lost, done = Response(type="error", error_code="no_intent_match"), Response(type="action_done")
    for day in range(24):
        at, user = 1_767_225_600_000 + day * 86_400_000, f"user{day % users}"
        learner.observe(Turn(turn_id=f"{day}a", started=at, user_id=user, request="turn of the lamp", response=lost))
        again = Turn(turn_id=f"{day}b", started=at + 5_000, user_id=user, request="turn off the lamp", response=done)
        learner.observe(again)
    learner.promote(learner.learn(), force=True)
    says = "when I say bedtime I mean turn off the lamp"
    said = Turn(turn_id="t", started=1_770_000_000_000, request=says, device_id="web", language="en")
    assert (learner.converse(said).reply is not None) is answered
    assert learner.converse(msgspec.structs.replace(said, user_id="ann")).reply is not None
    assert learner.converse(msgspec.structs.replace(said, home="flat")).reply is not None
