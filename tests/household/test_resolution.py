import pytest

from sayagain.household.deeds import Place
from sayagain.household.home import Satellite, homes
from sayagain.household.resolution import find_alarm_time, find_contact, find_work

HOME = homes(2026, 1)[0]
KITCHEN = Place(HOME, Satellite("satellite.kitchen", "kitchen", screen=False))


@pytest.mark.parametrize(
    ("query", "media_class", "target"),
    [
        ("harry potter", None, "film.harry_potter"),
        ("harry potter", "audiobook", "audiobook.harry_potter"),
        ("harry potter", "movie", "film.harry_potter"),
        ("hello by adele", None, "song.hello_adele"),
        ("summertime by louis armstrong", None, "song.summertime_louis_armstrong"),
        ("rumours by fleetwood matt", None, "album.rumours_fleetwood_mac"),
        ("some jazz", None, "playlist.jazz_playlist"),
        ("rock music", None, "playlist.rock_playlist"),
        ("s by queen", "track", "artist.queen"),
        ("the hobbits", None, "film.the_hobbit"),
    ],
)
def test_works_are_found(query, media_class, target):
    assert find_work(query, media_class).targets == (target,)


def test_what_is_played_comes_with_its_rivals():
    [resolution] = find_work("harry potter", None).resolution
    assert resolution.status == "ambiguous"
    assert [c.id for c in resolution.candidates] == ["film.harry_potter", "audiobook.harry_potter", "book.harry_potter"]


def test_two_numbers_of_one_name_mean_the_first_unless_a_line_is_given():
    name = HOME.contacts[0].name
    assert find_contact(KITCHEN, name, None).targets == (f"contact.{name}_mobile",)
    assert find_contact(KITCHEN, name, "work").targets == (f"contact.{name}_work",)
    assert find_contact(KITCHEN, "xyzzy", None).error == "no_valid_targets"


@pytest.mark.parametrize("words", ["25:00", "seven ninety nine dogs", "thirty", "999"])
def test_what_is_no_time_is_not_taken_for_one(words):
    assert find_alarm_time(words) is None
