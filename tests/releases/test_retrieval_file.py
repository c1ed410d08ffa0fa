import numpy as np

from sayagain.releases.retrieval_file import decode_learnt, encode_learnt
from sayagain.rewriting.confusions import learn_confusions
from sayagain.rewriting.mishearings import Mishearings
from sayagain.rewriting.retrieval import Learnt


def test_what_was_learnt_comes_back_and_equal_content_gives_equal_bytes():
    letters, sounds = learn_confusions([("lamb", "lamp")]), learn_confusions([("LM", "LMP")])
    learnt = Learnt(mishearings=Mishearings({"^ uh": "^ add"}), letters=letters, sounds=sounds, order="a", sure="b")
    content = encode_learnt(learnt)
    again = decode_learnt(content)
    assert (again.mishearings, again.order, again.sure) == (learnt.mishearings, "a", "b")
    assert np.array_equal(again.sounds.align("LM", ["LMP"]).costs, sounds.align("LM", ["LMP"]).costs)
    assert encode_learnt(again) == content
