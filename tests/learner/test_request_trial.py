import pytest

from sayagain.errors import ReleaseError
from sayagain.learner import Learner
from sayagain.learner.request_trial import try_request
from sayagain.learner.rewrite_review import list_with_withdrawn
from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.release import write_release
from sayagain.turns import Turn


@pytest.fixture(scope="module")
def folder(worlds, tmp_path_factory):
    path = tmp_path_factory.mktemp("trial")
    log = worlds.misheard(users=30)
    with Learner(path / "home.db") as learner:
        learner.store.add_turns(log)
        for result in (learn(log, LearnSettings(holdout=0.0)), learn([], LearnSettings())):
            write_release(learner.releases, result.manifest, result.files)
        learner.store.set_release_in_use(1)
    return path


@pytest.fixture
def learner(folder):
    with Learner(folder / "home.db") as opened:
        yield opened


def request(words):
    return Turn(turn_id="t", started=0, request=words)


def test_the_likeliest_candidate_is_what_is_decided(learner):
    trial = try_request(learner, request("turn of the lamp"))
    assert trial.decision.text == trial.candidates[0].text == "turn off the lamp"
    assert trial.candidates[0].rewrite_id == trial.decision.rewrite_id
    assert trial.candidates[0].probability >= trial.candidates[0].threshold
    stays = next(candidate for candidate in trial.candidates if candidate.layer == "leave")
    assert (stays.change, stays.refused, stays.rewrite_id) == (None, None, None)


def test_a_withdrawn_rewrite_is_a_candidate_that_is_refused(learner):
    rewrite_id = try_request(learner, request("turn of the lamp")).decision.rewrite_id
    learner.withdraw(rewrite_id, "it is wrong")
    trial = try_request(learner, request("turn of the lamp"))
    assert trial.decision.text == "turn of the lamp"
    assert trial.candidates[0].refused == "it was withdrawn: it is wrong"
    assert rewrite_id in {line.rewrite_id for line in list_with_withdrawn(learner)}
    assert rewrite_id not in {line.rewrite_id for line in learner.rewrites(1, limit=1000)}
    learner.restore(rewrite_id)


def test_another_release_is_tried_without_being_used(learner):
    trial = try_request(learner, request("turn of the lamp"), 2)
    assert (trial.release, trial.decision.release, trial.decision.text) == (2, 2, "turn of the lamp")
    assert learner.store.release_in_use() == 1
    with pytest.raises(ReleaseError):
        try_request(learner, request("turn of the lamp"), 9)


def test_a_request_too_long_to_be_rewritten_has_no_candidates(learner):
    assert try_request(learner, request("lamp " * 5_000)).candidates == []
