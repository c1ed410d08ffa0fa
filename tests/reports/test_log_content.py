from sayagain.learning.log_content import count_content
from sayagain.reports.log_content import log_content_sentences
from sayagain.turns import Nlu, Response, Turn

WORDS_ALONE = [Turn(turn_id=f"t{n}", started=n, request="lamp on") for n in range(3)]
FULL = Turn(
    turn_id="f",
    started=9,
    request="lamp of",
    user_id="ann",
    language="en",
    nlu=Nlu(intent="HassTurnOff"),
    response=Response(text="Sorry, I am not aware of any lamp", error_code="no_valid_targets"),
)


def told(turns):
    return list(log_content_sentences({"turns": 99, **count_content(turns)}))


def test_what_a_log_of_words_alone_lacks_is_said_once_for_each():
    held, *lacking = told(WORDS_ALONE)
    assert held.startswith("of 3 turns 0 a reply, 0 an error code")
    for what in ("reply", "error code", "understood", "who spoke", "language"):
        assert sum(what in sentence.split(":")[0].split(",")[0] for sentence in lacking) == 1, what


def test_a_log_that_holds_all_of_it_lacks_nothing():
    assert told([FULL]) == ["of 1 turns 1 a reply, 1 an error code, 1 a hypothesis, 1 a user, 1 a language"]


def test_a_release_that_was_written_before_says_nothing():
    assert list(log_content_sentences({"turns": 3})) == []
