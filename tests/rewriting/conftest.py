import pytest

from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.lexicon import learn_lexicon
from sayagain.rewriting.priors import log_prior


def make_knowledge(**known):
    """Look-ups that know nothing but what is given: `rows`, `wordings`, `links`, `found`, `taught`, `words`."""
    lexicon, _ = learn_lexicon(known.pop("taught", []))
    words = known.pop("words", {})
    found = known.pop("found", {})
    own = {"own": known.pop("own")} if "own" in known else {}
    made = Knowledge(
        row=known.pop("rows", {}).get,
        prior=lambda _, outcome: log_prior(None, outcome),
        lexicon=lexicon,
        frequency=lambda word: words.get(word, 0.0),
        wording=known.pop("wordings", {}).get,
        link=known.pop("links", {}).get,
        search=lambda heard: found.get(heard, ()),
        **own,
    )
    assert not known
    return made


@pytest.fixture(scope="session")
def knowledge():
    return make_knowledge
