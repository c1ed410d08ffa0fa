from sayagain.household.phrases import PHRASES
from sayagain.household.phrasing import fill_phrase, fill_wordings


def test_wordings_leave_out_what_cannot_be_filled():
    assert fill_wordings("song", {"title": "hello"}) == (
        "play hello",
        "play the song hello",
        "put on hello",
        "i want to hear hello",
    )


def test_articles_are_not_said_twice():
    assert fill_phrase(PHRASES["album"][0], {"title": "the wall"}) == "play the album the wall"
    assert fill_phrase("play the {title}", {"title": "the crown"}) == "play the crown"
