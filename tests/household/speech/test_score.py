from hypothesis import given
from hypothesis import strategies as st

from sayagain.household.outcome import SpeechOutcome
from sayagain.household.speech.score import in_words, sentence_error_rate, word_error_rate


@given(st.integers(0, 10**9 - 1))
def test_every_number_has_words(number):
    assert all(word.isalpha() for word in in_words(str(number)))


def test_numbers_are_compared_as_words():
    assert " ".join(in_words("21 degrees at 7:30")) == "twenty one degrees at seven thirty"
    assert " ".join(in_words("2049 7:00 1000")) == "two thousand forty nine seven o'clock one thousand"
    assert in_words("1900") == ["nineteen", "hundred"]


def outcome(said, *heard):
    nbest = tuple((text, 0.5) for text in heard)
    return SpeechOutcome(request=said, voice="hts", condition="clean", nbest=nbest, duration_ms=1, asr_ms=1)


def test_rates_are_over_all_words_and_all_sentences():
    misheard = outcome("lock the front door", "block the front door", "lock the front door")
    outcomes = [misheard, outcome("stop", "stop"), outcome("go")]
    assert word_error_rate(outcomes) == 2 / 6
    assert sentence_error_rate(outcomes) == 2 / 3
    assert sentence_error_rate(outcomes, nbest=5) == 1 / 3
    assert word_error_rate([]) == sentence_error_rate([]) == 0
