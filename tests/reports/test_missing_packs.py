from sayagain.reports.explanation import explanation_sentences
from sayagain.reports.missing_packs import missing_pack_sentences
from sayagain.turns import Turn


def test_what_is_not_done_in_a_language_without_a_pack_is_said():
    (sentence,) = missing_pack_sentences(["en", "xx"])
    assert sentence.startswith("There is no language pack for xx,")
    for word in ("retrieved", "joined", "chained", "what is understood passes untouched"):
        assert word in sentence
    turn = Turn(turn_id="t", started=0, request="zapp", language="xx")
    assert explanation_sentences(turn, None, (), None, "xx")[-1] == sentence
    for known in ("en", None):
        assert sentence not in explanation_sentences(turn, None, (), None, known)
