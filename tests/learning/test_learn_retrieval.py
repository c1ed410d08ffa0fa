from itertools import product

import pytest

from sayagain.learning.learn_retrieval import half_of, learn_retrieval
from sayagain.rewriting.mishearings import HeardPair
from sayagain.rewriting.retrieval import Retrieval
from sayagain.rewriting.retrieve import build_index

# To the letter, each verb is heard as another one.
VERBS = {"add": "playing", "play": "finding", "find": "adding"}
THINGS = [a + b for a, b in product(("mo", "ta", "ri", "lu", "se", "ko"), ("lin", "dar", "vek", "sun", "pol", "gim"))]
SAID = [f"{verb} {thing} now" for verb in VERBS for thing in THINGS]


def misheard(text):
    verb, thing, rest = text.split()
    return f"{VERBS[verb]} {thing if thing < 'n' else thing[:-1] + 'b'} {rest}"


PAIRS = [HeardPair(misheard(text), text, f"u{n % 9}") for n, text in enumerate(SAID * 2)]
INDEX = build_index(SAID)


@pytest.fixture(scope="module")
def fitted():
    return learn_retrieval(PAIRS, INDEX)


def test_a_log_of_few_misheard_requests_teaches_nothing():
    assert learn_retrieval(PAIRS[:40], INDEX) is None
    assert learn_retrieval([HeardPair(text, text, "u") for text in SAID * 9], INDEX) is None


def test_what_was_said_is_found_again_more_often_than_by_n_grams(fitted):
    learnt, alone = Retrieval(INDEX, fitted.learnt), Retrieval(INDEX)
    right = [sum(r.search(misheard(text), 1)[0].text == text for text in SAID) for r in (learnt, alone)]
    assert right[0] > right[1]
    assert right[0] > 0.9 * len(SAID)


def test_a_request_that_is_not_in_the_index_is_less_sure(fitted):
    learnt = fitted.learnt
    known = Retrieval(INDEX, learnt).search(misheard(SAID[5]), 1)[0]
    new = Retrieval(build_index([text for text in SAID if text != SAID[5]]), learnt).search(misheard(SAID[5]), 1)[0]
    assert known.score > new.score


def test_a_unit_is_searched_for_with_what_others_taught():
    units = {pair.unit for pair in PAIRS}
    own = [unit for unit in units if half_of(unit) == 0]
    rare = [HeardPair("zz it", "stop it", own[0])] * 3
    again = learn_retrieval([*PAIRS, *rare], INDEX)
    assert again.learnt.mishearings.restore("zz it") == "stop it"
    assert again.halves[0].mishearings.restore("zz it") == "zz it"
    assert again.halves[1].mishearings.restore("zz it") == "stop it"


def test_the_same_pairs_teach_the_same(fitted):
    again = learn_retrieval(list(reversed(PAIRS)), INDEX)
    assert again.learnt.order == fitted.learnt.order
    assert again.learnt.sure == fitted.learnt.sure
    assert again.learnt.mishearings == fitted.learnt.mishearings


def test_after_the_deadline_only_n_grams_are_searched(fitted):
    heard = misheard(SAID[5])
    assert Retrieval(INDEX, fitted.learnt).search_until(heard, 3, 0.0) is None
    assert Retrieval(INDEX).search_until(heard, 3, 0.0)
