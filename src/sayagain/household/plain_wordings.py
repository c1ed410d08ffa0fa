"""Plain wordings: unambiguous words for a meaning, for the retry after a short or private wording."""

from sayagain.household.home import Home
from sayagain.household.meaning import Meaning
from sayagain.household.media_catalogue import items_by_id, spoken_kind
from sayagain.household.people import Person
from sayagain.household.wants import Want

__all__ = ["plain_wordings"]

_FAMILY_WORDINGS: dict[tuple[str, str], tuple[str, ...]] = {
    ("temperature", "oven on"): ("how hot is the oven", "what's the oven temperature"),
    ("remaining", ""): ("how much time is left on the timer",),
    ("off", "oven on"): ("turn off the oven", "oven off"),
    ("close", "garage open"): ("close the garage door", "shut the garage door"),
    ("stop", ""): ("pause the music", "stop the music"),
    ("pause", ""): ("pause the music",),
    ("resume", ""): ("resume the music",),
    ("next", ""): ("next song",),
    ("back", ""): ("previous song",),
    ("skip", ""): ("skip this song", "next song"),
    ("up", ""): ("volume up", "turn the volume up"),
    ("down", ""): ("volume down", "turn the volume down"),
    ("louder", ""): ("volume up",),
    ("quieter", ""): ("volume down",),
    ("cancel", "timer before"): ("cancel the timer",),
    ("cancel", "alarm before"): ("cancel the alarm",),
    ("lock up", "back door open"): ("lock the back door",),
    ("good night", "locks up at night"): ("lock the front door",),
    ("clean up", "crumbs in the kitchen"): ("vacuum the kitchen", "clean the kitchen"),
    ("weather", "evening"): ("what's the weather tomorrow", "weather tomorrow"),
    ("cold", "freezing"): ("how cold is it outside", "what's the temperature outside"),
    ("pause", "vacuum running"): ("stop vacuuming",),
    ("stop", "vacuum running"): ("stop vacuuming",),
}


def plain_wordings(want: Want, meaning: Meaning, home: Home, person: Person) -> tuple[str, ...]:
    """Return plainer wordings of a meaning; empty where there are none.

    Args:
        want: the person's want.
        meaning: its meaning.
        home: the home, for the names of its devices.
        person: the person, for his or her tastes.
    """
    if meaning.deed is None:
        return ()
    if meaning.family:
        taste_wordings = {
            "music": (f"play some {person.taste}", f"play {person.taste} music", f"play the {person.taste} playlist"),
            "coffee": (f"make {person.coffee}", f"make me {person.coffee}", f"{person.coffee} please"),
        }
        family_wordings = taste_wordings.get(meaning.family) or _FAMILY_WORDINGS.get(
            (meaning.family, meaning.circumstance)
        )
        if family_wordings is not None:
            return family_wordings
    elif not want.kind.startswith("nickname"):
        return _title_wordings(want)
    device = home.device(meaning.deed.targets[0]) if meaning.deed.targets else None
    if device is None:
        return ()
    carriers = {"turn on": ("turn on the", "switch on the"), "turn off": ("turn off the", "switch off the")}
    verbs = carriers.get(meaning.deed.verb, (f"{meaning.deed.verb} the",))
    return tuple(f"{verb} {device.name}" for verb in verbs)


def _title_wordings(want: Want) -> tuple[str, ...]:
    item = items_by_id().get(want.target)
    if item is None:
        return ()
    return (f"play the {spoken_kind(item.kind)} {item.title}", f"play {item.title} by {item.by}")
