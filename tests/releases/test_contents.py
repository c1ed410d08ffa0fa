import pytest

from sayagain.errors import CorruptRelease
from sayagain.labels import infer_labels
from sayagain.learning.count import count
from sayagain.learning.release_files import encode_contents
from sayagain.releases.contents import DecisionSettings, open_contents
from sayagain.releases.release import Manifest, write_release
from sayagain.rewriting.own import PersonalRequests, add_personal
from sayagain.rewriting.rank import Ranker
from sayagain.store import user_code
from sayagain.turns import sessions

MANIFEST = Manifest(seed=1, log_since=None, log_until=None, settings={}, counts={}, metrics={}, files={})
SETTINGS = DecisionSettings(position="heard", thresholds={"nothing": 0.5}, blocked=("oven",), holdout=0.1)


@pytest.fixture(scope="module", params=["misheard", "noisy"])
def counted(request, worlds):
    labelled = [(session, infer_labels(session)) for session in sessions(getattr(worlds, request.param)(users=10))]
    found = count(labelled)
    for session, labels in labelled:
        add_personal(found.owns.setdefault(session.user_id, PersonalRequests(uses={})), session, labels)
    return found


def opened(folder, counted, min_users=1):
    files = encode_contents(counted, Ranker("", ""), SETTINGS, min_users=min_users)
    return open_contents(write_release(folder, MANIFEST, files))


def test_what_is_looked_up_in_a_release_is_what_was_counted(tmp_path, counted):
    contents = opened(tmp_path, counted)
    known = contents.knowledge
    texts = counted.table.rows(1)
    assert dict(contents.table) == texts
    for text in (*texts, "never heard"):
        assert known.row(text) == counted.table.row(text)
        assert [(x.text, pytest.approx(x.score)) for x in known.search(text)] == [
            (x.text, x.score) for x in counted.search(text, "nobody")
        ]
    for context, table in counted.priors.tables(1).items():
        for outcome in (*table.outcomes, "never|"):
            assert known.prior(context, outcome) == pytest.approx(counted.priors.log(context, outcome, None))
    for key, wording in counted.wordings.table(1).items():
        assert known.wording(key) == wording
    for word in ("the", "thai", "never"):
        assert known.frequency(word) == counted.frequency[word]
    assert known.lexicon.vocabulary == counted.lexicon.vocabulary
    assert known.lexicon.items == counted.lexicon.items
    assert known.lexicon.weights.tolist() == counted.lexicon.weights.tolist()
    assert {k: v.key for k, v in known.lexicon.simplest.items()} == {
        k: v.key for k, v in counted.lexicon.simplest.items()
    }
    assert contents.settings == SETTINGS


def test_a_user_is_known_by_a_code_and_to_nobody_else(tmp_path, counted):
    contents = opened(tmp_path, counted)
    assert counted.owns
    for user, own in counted.owns.items():
        assert contents.knowledge_for(user).own == own
        assert user not in contents.personal
        assert user_code(user, b"") in contents.personal
    for user in (None, "", "somebody"):
        assert contents.knowledge_for(user) is contents.knowledge
    assert contents.knowledge.own == PersonalRequests()


def test_with_more_users_asked_for_less_is_known(tmp_path, counted):
    everything, shared = opened(tmp_path, counted), opened(tmp_path, counted, min_users=3)
    assert set(shared.table) <= set(everything.table)
    assert opened(tmp_path, counted, min_users=11).table == {}
    assert all(use.users >= 3 for row in shared.table.values() for use in row.uses)


@pytest.mark.parametrize("name", ["table.arrow", "settings.json", "lexicon.npy", "lexicon.json"])
def test_files_that_cannot_be_read_are_damage_even_where_the_checksums_agree(tmp_path, counted, name):
    files = encode_contents(counted, Ranker("", ""), SETTINGS, min_users=1)
    release = write_release(tmp_path, MANIFEST, {**files, name: b"not what it was"})
    with pytest.raises(CorruptRelease, match=r"^release 1 is damaged: its contents cannot be read \(.*\)$"):
        open_contents(release)


def test_a_file_that_goes_away_after_the_check_is_damage_too(tmp_path, counted):
    release = write_release(tmp_path, MANIFEST, encode_contents(counted, Ranker("", ""), SETTINGS, min_users=1))
    release.path("table.arrow").unlink()
    with pytest.raises(CorruptRelease, match=r"^release 1 is damaged"):
        open_contents(release)
