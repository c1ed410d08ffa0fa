"""A request of any length costs what a long sentence costs; work is counted, not seconds."""

from sayagain.rewriting import retrieve, table
from sayagain.rewriting.table import transcripts
from sayagain.text import limit_text, too_long
from sayagain.text.limit import LONGEST
from sayagain.turns import Asr, AsrHypothesis, Turn


def test_retrieval_counts_no_more_n_grams_for_a_longer_request():
    words = [f"word{k}" for k in range(5000)]
    counts = [sum(retrieve._grams(" ".join(words[:n])).values()) for n in (200, 5000)]
    assert counts[0] == counts[1] < 8 * LONGEST


def test_only_the_beginning_is_looked_at_by_whole_words():
    text = "turn of the lamp " * 2000
    turn = Turn(turn_id="t", started=0, request=text)
    [(heard, weight)] = transcripts(turn)
    assert (len(heard) <= LONGEST, weight) == (True, 1.0)
    assert text.startswith(heard)
    assert limit_text("x" * 29_013) == "x" * LONGEST
    assert too_long(text)
    assert not too_long(heard)


def test_the_transcripts_of_a_turn_are_made_once(monkeypatch):
    calls = []
    monkeypatch.setattr(table, "normalise", lambda text: calls.append(text) or text)
    nbest = tuple(AsrHypothesis(text=f"lamp number {k}", confidence=0.1) for k in range(5))
    turn = Turn(turn_id="t", started=0, request="lamp", asr=Asr(text="lamp", nbest=nbest))
    assert [transcripts(turn) for _ in range(4)] == [transcripts(turn)] * 4
    assert len(calls) == 5
