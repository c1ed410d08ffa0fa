from sayagain.languages import language_pack
from sayagain.rewriting.completion.completer import join_words
from sayagain.rewriting.completion.utterance import read_utterance, recent_speech
from sayagain.turns import Response, Turn

REFERENCES = language_pack("en").references


def read(text):
    return read_utterance(text, REFERENCES, by_user=False)


def test_the_parts_of_an_offer_are_counted_from_one_in_each_sentence():
    utterance = read("Which one? The desk lamp, the floor lamp, or none?")
    assert utterance.words[2:] == ("the", "desk", "lamp", "the", "floor", "lamp", "or", "none")
    assert utterance.places == (1, 1, 1, 1, 1, 2, 2, 2, 3, 3)
    assert utterance.parts(2) == 3
    assert utterance.starts_sentence(2)
    assert not utterance.starts_sentence(3)


def test_an_apostrophe_parts_a_name_from_its_genitive_and_nothing_else():
    assert read("Ann's light, don’t").words == ("ann", "'s", "light", "don't")
    assert join_words(["ann", "'s", "light"]) == "ann's light"


def test_both_sides_of_the_latest_turns_are_looked_at():
    history = [Turn(turn_id=str(n), started=n, request=f"request {n}", response=Response(text="")) for n in range(9)]
    assert recent_speech(history) == tuple((True, f"request {n}") for n in range(5, 9))
    assert recent_speech([Turn(turn_id="1", started=0, request="a", response=Response(text="b"))]) == (
        (True, "a"),
        (False, "b"),
    )
