import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.rewriting import retrieve
from sayagain.rewriting.retrieve import _grams, build_index

WORDINGS = ["turn off the lamp", "turn on the lamp", "play some jazz", "what is the weather", "imagine dragons"]
TEXTS = st.lists(st.text("abc ", min_size=1, max_size=8).map(lambda t: " ".join(t.split())).filter(bool), max_size=6)


def test_what_sounds_alike_is_found_though_it_is_written_otherwise():
    index = build_index(WORDINGS)
    assert index.search("turn of the lamb", 2)[0].text == "turn off the lamp"
    assert index.search("maj and dragons", 1)[0].text == "imagine dragons"


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.text("abc ", max_size=8))
def test_the_index_finds_what_comparing_with_each_finds(texts, heard):
    index = build_index(texts)
    found = {each.text: each.score for each in index.search(heard, 20)}

    unique = sorted(set(texts))
    grams = {text: _grams(text) for text in unique}

    def vector(counts):
        df = {b: sum(b in other for other in grams.values()) for b in counts}
        return {b: n * (math.log((1 + len(unique)) / (1 + df[b])) + 1) for b, n in counts.items()}

    def length(v):
        return math.sqrt(sum(x * x for x in v.values())) or 1.0

    query = vector(_grams(heard))
    expected = {}
    for text in unique:
        v = vector(grams[text])
        score = sum(x * v.get(b, 0.0) for b, x in query.items()) / length(v) / length(query)
        if score > 0 and text != heard:
            expected[text] = score
    assert found == pytest.approx(expected, abs=1e-4)


def test_ties_are_broken_by_text_and_there_are_no_more_than_asked_for():
    index = build_index(["lamp b", "lamp c", "lamp a"])
    assert [each.text for each in index.search("lamp", 9)] == ["lamp a", "lamp b", "lamp c"]
    assert len(index.search("lamp", 2)) == 2


@pytest.mark.parametrize("texts", [[], [""], WORDINGS])
@pytest.mark.parametrize("heard", ["", "zzz", "\ud800"])
def test_where_nothing_is_alike_nothing_much_is_found(texts, heard):
    assert all(each.score < 0.3 for each in build_index(texts).search(heard, 3))


@given(TEXTS, st.randoms())
def test_the_order_of_the_wordings_does_not_matter(texts, dice):
    one = build_index(texts)
    dice.shuffle(texts)
    other = build_index(texts)
    assert one.texts == other.texts
    assert one.search("ab c", 3) == other.search("ab c", 3)


def test_in_a_large_index_the_commonest_n_grams_count_as_much(monkeypatch):
    texts = [f"{verb} the {color} {thing}" for verb in VERBS for color in COLORS for thing in THINGS]
    index = build_index(texts)
    queries = ("turn on the grin lamp", "turn on the green lamp")
    rows, cosines = index.nearest(queries, 2)
    monkeypatch.setattr(retrieve, "POSTINGS", 200)
    monkeypatch.setattr(retrieve, "CANDIDATES", 60)
    few_rows, few_cosines = index.nearest(queries, 2)
    assert few_rows.tolist() == rows.tolist()
    assert few_cosines == pytest.approx(cosines, abs=1e-5)
    assert texts_of(index, rows)[0] == "turn on the green lamp"


VERBS = ("turn on", "turn off", "dim", "sell")
COLORS = ("green", "red", "blue", "grey", "black")
THINGS = ("lamp", "light", "lantern", "fan", "heater")


def texts_of(index, rows):
    return [index.texts[row] for row in rows]
