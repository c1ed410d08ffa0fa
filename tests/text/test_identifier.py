import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.text import identifier_words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("HassTurnOn", ("hass", "turn", "on")),
        ("light.turn_off", ("light", "turn", "off")),
        ("skill-ovos-volume:volume.up.intent", ("skill", "ovos", "volume", "volume", "up", "intent")),
        ("HTTPGet2Things", ("http", "get", "2", "things")),
        ("setTVOn", ("set", "tv", "on")),
        ("ЛампаВкл", ("лампавкл",)),
        ("", ()),
    ],
)
def test_a_name_falls_into_its_words(name, expected):
    assert identifier_words(name) == expected


@given(st.lists(st.sampled_from(["turn", "on", "media", "play"]), min_size=1, max_size=5))
def test_every_way_of_joining_gives_the_same_words(parts):
    expected = tuple(parts)
    assert identifier_words("_".join(parts)) == expected
    assert identifier_words("".join(part.title() for part in parts)) == expected
    assert identifier_words(parts[0] + "".join(part.title() for part in parts[1:])) == expected
