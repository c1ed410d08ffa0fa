"""The benchmark of teaching: halves that share nothing, people who answer what they hear, and ordinary talk."""

import random

import pytest

from benchmarks.teach_episodes import Channel, episodes, run_episodes
from benchmarks.teach_negatives import negatives, saif
from sayagain.household import HouseholdAssistant
from sayagain.teaching.lesson_tagger import open_tagger

SAIF = """index,first_transcript,first_wav,agent_response,second_transcript,second_wav,label,output
0,hello,a,"Sorry, but I heard ""hello"" and I don't know what to do.\\ Would you like to teach me",yes,b,0,1
1,say hi,a,"I'm currently learning the new command (""hello""), this takes several seconds.",hello,b,0,0
2,hello,a,hi,bye,b,0,1
3,when I say hi you should answer me,a,Sorry,yes,b,0,1
4,yes,a,Sorry,bye,b,0,1
"""


@pytest.fixture(scope="module")
def assistant():
    return HouseholdAssistant()


@pytest.fixture(scope="module")
def halves(assistant):
    return {half: list(episodes(half, assistant, 60)) for half in ("dev", "sealed")}


def test_the_halves_share_no_home_no_phrase_and_no_request(halves):
    for part in ("home", "phrase", "means"):
        dev, sealed = (
            {getattr(episode, part) for episode in halves[half] if part != "means" or episode.kind == "request"}
            if part != "home"
            else {episode.home.id for episode in halves[half]}
            for half in ("dev", "sealed")
        )
        assert dev.isdisjoint(sealed), part


def test_each_episode_has_something_to_do(halves):
    for episode in (*halves["dev"], *halves["sealed"]):
        assert len(episode.deeds) == (2 if episode.kind == "steps" else 1)
        assert episode.phrase in episode.lesson
        assert episode.phrase in episode.use


def test_people_who_are_heard_rightly_teach_and_lessons_change_nothing_else(halves, assistant, tmp_path):
    pytest.importorskip("onnxruntime")
    outcomes, others, changed = run_episodes(halves["dev"], assistant, None, tmp_path, tagger=open_tagger())
    assert sum(outcome.used for outcome in outcomes) >= 57
    assert all(outcome.completed or not outcome.exact for outcome in outcomes)
    assert others > 1_000
    assert changed == 0


def test_words_are_misheard_as_they_were_in_the_recordings():
    rng = random.Random(1)
    said = "turn on the lamp xyzzy"
    assert Channel(("clean",), share=0).hear(said, rng) == said
    heard = {Channel(("clean",)).hear(said, rng) for _ in range(10)}
    assert len(heard) > 1
    assert all(words.endswith("xyzzy") for words in heard)


def test_what_people_said_to_another_assistant_is_counted(tmp_path):
    (tmp_path / "saif").mkdir()
    (tmp_path / "saif" / "pairs.csv").write_text(SAIF, encoding="utf-8")
    figures = saif(tmp_path, tmp_path)
    assert (figures["turns"], figures["opened"], figures["stored"]) == (5, 1, 1)
    assert (figures["offers_to_learn"], figures["commands_taught"]) == (1, 1)
    assert (figures["said_again_in_the_same_words"], figures["of_them_failed"]) == (1, 1)
    assert figures["later_uses_recognised"] == 1


def test_without_the_public_sets_the_household_alone_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.teach_negatives._HOMES", 2)
    monkeypatch.setattr("benchmarks.teach_negatives._WEEKS", 1)
    figures = negatives(tmp_path, tmp_path)
    assert figures.keys() == {"household"}
    assert figures["household"]["turns"] > 50
    assert figures["household"]["stored"] == 0
