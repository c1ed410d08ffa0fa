import pytest

from sayagain.languages import language_of, log_languages, request_key

UNKNOWN = (None, "", "*", "mul", "und", "zxx", "und-Latn", "../../etc", "x", "中文", "12", "e\tn")


@pytest.mark.parametrize("tag", UNKNOWN)
def test_what_names_no_language_is_unknown(tag):
    assert language_of(tag) is None
    assert request_key("lamp on", tag) == "lamp on"


def test_one_language_is_one_whatever_its_region_and_two_are_two():
    assert request_key("stop", "de-AT") == request_key("stop", "DE_de") == request_key("stop", "de")
    assert len({request_key("stop", tag) for tag in ("de", "nl", "en", None)}) == 4


def test_the_languages_of_a_log_are_those_that_its_turns_state():
    assert log_languages([None, "*", "mul"]) == ()
    assert log_languages(["sv", "da", "*", None, None, None]) == ("da", "sv")
    assert log_languages(["de", "en", "en-GB", "de-AT", "de-CH"]) == ("de", "en")
