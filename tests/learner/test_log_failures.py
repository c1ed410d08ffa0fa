"""The failures of a stored log: which turns count, in which period, and what is said about one."""

import pytest

from sayagain import Learner
from sayagain.errors import InputError
from sayagain.labels import Judgement
from sayagain.learner import log_failures
from sayagain.learner.log_failures import KNOWLEDGE_MS
from sayagain.turns import Action, Hypothesis, Nlu, Response, Slot, Turn

NOW, DAY = 1_767_225_600_000, 86_400_000
LOST = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
DONE = Response(text="Done", type="action_done")
OFF = Nlu(ranking=(Hypothesis(intent="HassTurnOff", slots=(Slot("name", "lamp"),)),))


def turns(days, users=3):
    """Every day each user is misheard, and understood when they say it again."""
    for day in days:
        for user in range(users):
            at = NOW + day * DAY + user * 3_600_000
            name = f"{day:02}{user}"
            yield Turn(
                turn_id=f"{name}a",
                started=at,
                user_id=f"u{user}",
                request="turn of the lamp",
                response=LOST,
                nlu=Nlu(ranking=(Hypothesis(intent=""),)),
            )
            yield Turn(
                turn_id=f"{name}b",
                started=at + 5_000,
                user_id=f"u{user}",
                request="turn off the lamp",
                response=DONE,
                nlu=OFF,
                actions=(Action(target="light.lamp"),),
            )


@pytest.fixture
def learner(tmp_path):
    with Learner(tmp_path / "home.db") as learner:
        learner.store.add_turns(turns(range(14)))
        yield learner


def test_the_whole_log_counts_without_a_start(learner):
    report = learner.failures()
    assert (report.turns, report.failed, report.judged) == (84, 42, 0)
    assert report.since == NOW
    assert all(group.earlier is None for group in report.groups)
    assert [(cause.words, cause.times, cause.users) for cause in report.causes] == [("turn of the lamp", 42, 3)]


def test_of_a_long_log_the_latest_turns_alone_are_read_without_a_start(learner, monkeypatch):
    monkeypatch.setattr(log_failures, "MOST_TURNS", 40)
    stored, read = learner.store.turns, []

    def counted(**given):
        for turn in stored(**given):
            read.append(turn.turn_id)
            yield turn

    monkeypatch.setattr(learner.store, "turns", counted)
    report = learner.failures()
    assert report.is_cut
    assert 0 < report.turns <= 40
    assert report.until > report.since > NOW
    # Each look at the log is bounded, and halves what is left.
    assert len(read) < 41 * 3 + 40
    assert not learner.failures("7d").is_cut


def test_a_period_ends_with_the_last_turn_and_is_compared_with_the_one_before(learner):
    report = learner.failures("7d")
    assert report.until - report.since == 7 * DAY
    assert (report.turns, report.failed) == (42, 21)
    failing = report.groups[0]
    assert failing.earlier == pytest.approx(failing.share)
    assert failing.moved is None


def test_a_stage_that_becomes_more_common_is_flagged(learner):
    learner.store.add_turns(
        Turn(
            turn_id=f"x{number}",
            started=NOW + 13 * DAY + number * 60_000,
            user_id=f"x{number}",
            request="turn off the lamp",
            response=Response(text="Sorry, something went wrong", type="error", error_code="device_offline"),
            nlu=OFF,
            actions=(Action(target="light.lamp", ok=False),),
        )
        for number in range(20)
    )
    report = learner.failures("7d")
    (result,) = [group for group in report.groups if group.name == "result"]
    assert (result.failed, result.moved) == (20, "up")
    cause = next(cause for cause in report.causes if cause.stage == "result")
    assert cause.remedy == "light.lamp did not do what it was told: check that it has power and is connected."


def test_the_judgements_of_the_log_count_too(learner):
    before = learner.explain("050a").sentences
    learner.store.set_judgements(
        Judgement(turn_id=turn.turn_id, p_defect=0.01, defect=False) for turn in turns(range(14))
    )
    report = learner.failures()
    assert report.judged == report.turns == 84
    assert learner.failures("7d").judged == 42
    assert learner.explain("050a").sentences != before


def test_groups_of_another_kind(learner):
    report = learner.failures(by="intent")
    assert {group.name: group.failed for group in report.groups} == {"nothing understood": 42, "HassTurnOff": 0}


@pytest.mark.parametrize("since", ["yesterday", "7", "d", ""])
def test_a_period_that_is_none(learner, since):
    with pytest.raises(InputError, match="expected 24h, 7d, 2w"):
        learner.failures(since)


def test_a_dimension_that_is_none(learner):
    with pytest.raises(InputError, match="stage, device, room, intent, language"):
        learner.failures(by="mood")


def test_an_empty_log_has_no_failures(tmp_path):
    with Learner(tmp_path / "empty.db") as learner:
        report = learner.failures("7d")
    assert (report.turns, report.failed, report.causes) == (0, 0, [])


def test_an_explanation_says_where_it_broke_and_what_to_do(learner):
    sentences = learner.explain("050a").sentences
    broke = next(place for place, sentence in enumerate(sentences) if sentence.startswith("It broke at recognition"))
    assert sentences[broke + 1].startswith("What shows it: ")
    assert sentences[broke + 2].startswith("What to do: ")
    assert any(sentence.startswith("It broke nowhere") for sentence in learner.explain("050b").sentences)


def test_a_turn_is_explained_by_the_log_around_it(learner):
    far = NOW + 3 * KNOWLEDGE_MS
    learner.store.add_turns([Turn(turn_id="far", started=far, user_id="u1", request="turn of the lamp", response=LOST)])
    assert "turn off the lamp" not in " ".join(learner.explain("far").sentences)


def test_in_a_log_of_many_turns_the_nearest_ones_explain_a_turn(learner, monkeypatch):
    whole = learner.explain("071a").sentences
    read = []
    stored = learner.store.turns

    def count_turns(**span):
        for turn in stored(**span):
            read.append(turn.turn_id)
            yield turn

    monkeypatch.setattr(learner.store, "turns", count_turns)
    near = learner.explain("071a", nearby=20).sentences
    # The failure point stays, and what the rest of the log shows is less.
    assert [sentence for sentence in near if sentence.startswith("It broke")] == [
        sentence for sentence in whole if sentence.startswith("It broke")
    ]
    assert read[-1] < "090"
    assert "131a" not in read


def test_the_turns_of_an_llm_agent_have_stages_of_their_own(tmp_path):
    steps = [{"kind": "tool", "name": "light", "error": "503 unavailable"}]
    with Learner(tmp_path / "home.db") as learner:
        for day in range(4):
            learner.observe(
                Turn(
                    turn_id=f"t{day}",
                    started=NOW + day * DAY,
                    request="turn off the lamp",
                    assistant="otel",
                    response=Response(text="It does not answer", type="error", error_code="failed_to_handle"),
                    actions=(Action(target="light", ok=False),),
                    raw={"steps": steps},
                )
            )
        report = learner.failures()
        assert {group.name: group.failed for group in report.groups if group.failed} == {"tool_result": 4}
        assert "check that the tool" in report.causes[0].remedy
        sentences = " ".join(learner.explain("t0").sentences)
    assert "It broke at the tool" in sentences
    assert "light answered “503 unavailable”" in sentences


@pytest.mark.parametrize(("days", "failed"), [(36, 0), (10, 30)])
def test_the_judge_alone_says_whether_turns_failed_where_the_isolator_does_not_agree_with_it(tmp_path, days, failed):
    # The judge learnt that the error of this assistant means little; few turns are not enough to see that.
    with Learner(tmp_path / "home.db") as learner:
        learner.store.add_turns(turns(range(days)))
        learner.store.set_judgements(
            Judgement(turn_id=turn.turn_id, p_defect=0.3, defect=False) for turn in turns(range(days))
        )
        assert learner.failures().failed == failed
        sentences = " ".join(learner.explain("050a").sentences)
    assert ("It broke nowhere" in sentences) == (failed == 0)
