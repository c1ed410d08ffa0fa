"""Fit the weights by which the Home Assistant cold start weighs what may have been meant; writes `weights.py`.

    python scripts/fit_homeassistant.py [--write]

Homes are made up, requests to them are said in many ways, and misheard as the household's recogniser misheard other
requests (recorded in the package). What was meant is known by construction. Two homes are kept back to test on.
Recordings that heard the very words of a request of the benchmark are left out.
"""

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.homeassistant_requests import read_requests
from sayagain.assistants.homeassistant.cold_start import candidate_weights as where
from sayagain.assistants.homeassistant.cold_start.action_phrasing import ActionPhrasing
from sayagain.assistants.homeassistant.cold_start.action_phrasings import ACTIONS
from sayagain.assistants.homeassistant.cold_start.candidate_model import NAMES
from sayagain.assistants.homeassistant.cold_start.device_names import NamedThing, named_things
from sayagain.assistants.homeassistant.cold_start.home import Entity, HomeArea, HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.matcher import Matcher
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.household.speech.recording import SHIPPED_RECORDING, read_recording
from sayagain.models import Encoder, load_encoder
from sayagain.text import normalise, sound_similarity, words

Floats = npt.NDArray[np.float64]
Row = tuple[str, list[tuple[float, ...]], int | None]
"""A request, the signs of everything that it may mean, and which of those was meant; None where none was."""

HOMES, KEPT, REQUESTS = 10, 3, 400
OF_MEANING = 2  # The last signs, which need an encoder.

ROOMS = "kitchen,bedroom,living room,office,bathroom,hallway,nursery,dining room,basement,guest room,study,attic"
CALLED = {
    "light": "{room} light,{room} lights,ceiling light,desk lamp,reading lamp,bedside lamp,spotlights,garden lights,"
    "floor lamp,night light,strip lights,porch light,table lamp,corner lamp,mirror light,chandelier",
    "switch": "coffee machine,christmas tree,radio,aquarium,heater,air purifier,printer,water pump",
    "fan": "ceiling fan,{room} fan,tower fan,extractor fan",
    "cover": "{room} blinds,{room} curtains,garage door,skylight,{room} window,awning,roller shutter",
    "lock": "front door,back door,garden gate,cellar door",
    "climate": "{room} thermostat,heat pump,radiator,air conditioner",
    "media_player": "{room} speaker,{room} tv,radio,record player,soundbar",
    "vacuum": "robot vacuum,hoover",
    "sensor": "outside temperature,outside humidity,power consumption",
}
FEATURES = {"cover": 15, "fan": 57, "media_player": 914877, "vacuum": 32700, "climate": 385, "light": 0}

# Ways that `ways.py` does not know, so that the weights learn what meaning is worth without them.
OTHER_WAYS = {
    "on": "get {} working,bring {} to life,I want {} running,let there be {},make {} shine,get {} on please,set {} on",
    "off": "get rid of {},I am done with {},extinguish {},make {} go dark,{} can go off,I do not need {} any more",
    "open": "get {} open,let {} up,roll up {},I want {} open,draw back {}",
    "close": "get {} closed,let {} down,roll down {},I want {} closed,draw {}",
    "lock": "lock up {},get {} locked,I want {} locked,is there a way to lock {}",
    "unlock": "get {} unlocked,take the lock off {}",
    "dim": "tone {} down,less light from {},soften {},{} is too bright",
    "brighten": "more light from {},{} at full power,{} is too dim",
    "pause": "hold {},halt {},stop playing on {}",
    "resume": "play on {},let {} go on,start {} again",
    "mute": "shut {} up,no sound from {}",
    "louder": "more volume on {},{} is too quiet,raise the sound of {}",
    "quieter": "less volume on {},{} is too loud,soften the sound of {}",
    "clean": "let {} clean,get {} to clean,have {} sweep",
    "dock": "{} should go home,call {} back,put {} away",
    "brightness": "bring {} to {value} percent,{} {value} percent,have {} at {value} percent",
    "temperature": "bring {} to {value} degrees,{} {value} degrees,I would like {} at {value}",
    "what": "give me the {},how much is the {},read me the {}",
}
SITUATIONS = (
    (
        "on",
        "light",
        "it is pitch black,I can hardly see anything,it is so dark I keep bumping into things,some light please",
    ),
    ("off", "light", "we are leaving so no light is needed,there is nobody now,time for darkness,we are all done"),
    ("dim", "light", "the lights are blinding me,it is far too bright,too much light"),
    ("brighten", "light", "it is a bit dim,I need much more light,it could be brighter"),
    ("quieter", "media_player", "that is way too loud,the speakers are hurting my ears"),
    ("louder", "media_player", "I can barely hear the song,the tunes are too soft"),
    ("pause", "media_player", "make the music stop,no more music,hold the music"),
    ("close", "cover", "the sun shines in my face,it is draughty"),
)
FOREIGN_WORDS = (
    "it is freezing,I am cold,it is boiling hot,I am sweating,can we have it a bit cooler,warm it up,"
    "it smells,open a new tab,lock my computer,turn the page,what is the meaning of life,turn over a new leaf,"
    "close my bank account,dim sum recipes,light a candle,who turned off the lights in the song,start the car,"
    "stop talking,what is for dinner,run a bath,water the plants,how do I get to work,set the table,take out the trash,"
    "open the fridge,turn left,switch to the news,is it going to rain,how old are you,what can you do,thank you,"
    "put the kettle on,turn the eggs,close the deal,where are the keys,is anybody home,lift me up,good night,"
    "read me a story,translate hello into french,what is two plus two,buy some batteries,hoover up the crumbs yourself"
)
FOREIGN = FOREIGN_WORDS.split(",")
POLITE = (
    "{}",
    "{}",
    "{}",
    "{}",
    "could you {}",
    "please {}",
    "{} please",
    "I want you to {}",
    "hey {}",
    "uh {} thanks",
)


def main() -> None:
    """Make, fit, test, and write if told to."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", action="store_true")
    write = asked.parse_args().write
    rng = random.Random(7)  # noqa: S311  (rng for made-up homes)
    misheard, foreign = _recorded()
    encoder = load_encoder()
    homes = [_home(rng) for _ in range(HOMES)]
    rows = [list(_requests(home, homes, encoder, misheard, foreign, rng)) for home in homes]
    taught = [row for each in rows[KEPT:] for row in each]
    kept = [row for each in rows[:KEPT] for row in each]
    found = {}
    for meaning in (False, True):
        fitted = _fit(taught, meaning=meaning)
        found[meaning] = fitted
        print(f"meaning: {meaning}; {len(taught)} requests taught on, {len(kept)} kept back")
        for name, some in (("taught", taught), ("kept", kept)):
            _tell(name, some, fitted, meaning=meaning)
    if write:
        _write(found)


def _recorded() -> tuple[dict[str, list[str]], list[str]]:
    """What the recogniser made of words, by the words; and requests that no home can act on."""
    ours = {normalise(request.say) for request in read_requests()}
    heard_as: dict[str, list[str]] = defaultdict(list)
    foreign = set()
    for outcome in read_recording(SHIPPED_RECORDING)["request"]:
        said = words(outcome.request)
        if {"timer", "play", "list", "call", "weather", "alarm", "song", "playlist", "remind"} & set(said):
            foreign.add(outcome.request)
        for text, _ in outcome.nbest[:2]:
            heard = words(text)
            if normalise(text) in ours or not heard:
                continue
            matcher = SequenceMatcher(None, said, heard, autojunk=False)
            for kind, a, b, c, d in matcher.get_opcodes():
                if kind == "replace" and b - a <= 3 and d - c <= 4:
                    heard_as[" ".join(said[a:b])].append(" ".join(heard[c:d]))
    return dict(heard_as), sorted(foreign)


def _mishear(text: str, heard_as: dict[str, list[str]], rng: random.Random) -> str:
    """Have one or two places misheard as they were in the recordings, or as another word that sounds alike."""
    said = words(text)
    for _ in range(rng.choice((1, 1, 2))):
        spans = [(a, b) for a in range(len(said)) for b in range(a + 1, min(a + 3, len(said)) + 1)]
        able = [(a, b) for a, b in spans if " ".join(said[a:b]) in heard_as]
        if able:
            a, b = rng.choice(able)
            said = (*said[:a], *rng.choice(heard_as[" ".join(said[a:b])]).split(), *said[b:])
        if rng.random() < 0.4:
            at = rng.randrange(len(said))
            other = {word for options in rng.sample(sorted(heard_as), 200) for word in options.split()}
            alike = [word for word in sorted(other) if word != said[at] and sound_similarity(word, said[at]) >= 0.5]
            if alike:
                said = (*said[:at], rng.choice(alike), *said[at + 1 :])
    return " ".join(said)


def _home(rng: random.Random) -> HomeSnapshot:
    rooms = rng.sample(ROOMS.split(","), 5)
    areas = tuple(
        sorted((HomeArea(id=room.replace(" ", "_"), names=(room.title(),)) for room in rooms), key=lambda a: a.id)
    )
    found: dict[str, Entity] = {}
    for domain, names in CALLED.items():
        for name in rng.sample(names.split(","), min(len(names.split(",")), 7 if domain == "light" else 3)):
            room = rng.choice(rooms)
            called = name.format(room=room)
            entity = Entity(
                id=f"{domain}.{called.replace(' ', '_')}",
                names=(called.title(),),
                area=room.replace(" ", "_") if rng.random() < 0.6 else None,
                features=FEATURES.get(domain, 0),
                device_class=called.split()[-1] if domain == "sensor" and called.startswith("outside") else None,
            )
            found[entity.id] = entity
    return HomeSnapshot(areas=areas, entities=tuple(found[name] for name in sorted(found)))


def _requests(
    home: HomeSnapshot,
    homes: list[HomeSnapshot],
    encoder: Encoder,
    misheard: dict[str, list[str]],
    foreign: list[str],
    rng: random.Random,
) -> Iterator[Row]:
    """Make requests to one home; those that its assistant understands are left out."""
    matcher = Matcher(Oracle(home), encoder)
    every = list(dict.fromkeys(named_things(home)))
    elsewhere = [thing for other in homes if other is not home for thing in named_things(other)]
    known = {thing.said for thing in every}
    count = 0
    while count < REQUESTS:
        throw = rng.random()
        room = rng.choice((None, *home.areas))
        meant = None
        if throw < 0.14:
            text = rng.choice(foreign if rng.random() < 0.35 else FOREIGN)
        elif throw < 0.22:
            name, domain, told = rng.choice(SITUATIONS)
            able = [one for one in every if one.whole and one.domain == domain]
            if not able:
                continue
            thing = rng.choice(able)
            room = next(area for area in home.areas if area.id == thing.room)
            place = "in here" if thing.here else f"in the {room.names[0].lower()}"
            text = f"{rng.choice(told.split(','))} {place}"
            meant = (name, thing.entities)
        else:
            strange = throw < 0.37
            thing: NamedThing = rng.choice(elsewhere if strange else every)
            if strange and (thing.said in known or thing.here or len(thing.entities) > 1):
                continue
            action: ActionPhrasing = rng.choice([one for one in ACTIONS if thing.domain in one.domains])
            if thing.here:
                room = next(area for area in home.areas if area.id == thing.room)
            value = rng.choice((10, 20, 40, 50, 75)) if action.value == "percent" else rng.choice((18, 20, 22))
            meant = None if strange else (action.name, thing.entities)
            text = _phrase(action, thing, value, rng)
        if rng.random() < 0.5:
            text = _mishear(text, misheard, rng)
        hypothesis = matcher.oracle.read(text, room)
        if hypothesis is not None and not hypothesis.left:
            continue
        weighed = matcher.weigh(text, room)
        at = next(
            (n for n, one in enumerate(weighed) if (one.near.action.name, one.near.thing.entities) == meant), None
        )
        count += 1
        yield text, [msgspec.structs.astuple(one.signs) for one in weighed], at


def _phrase(action: ActionPhrasing, thing: NamedThing, value: int, rng: random.Random) -> str:
    name = f"the {thing.said}"
    if thing.room and thing.whole and not thing.here and rng.random() < 0.4:
        kind = rng.choice(("lights", "lamps")) if thing.domain == "light" else thing.name.split(" in ", maxsplit=1)[0]
        name = f"the {kind} in the {thing.room.replace('_', ' ')}"
    other = OTHER_WAYS.get(action.name)
    if other and rng.random() < 0.35:
        text = rng.choice(other.split(",")).format(name, value=value)
    else:
        way = rng.choice([way for way in action.ways if way])
        text = way.replace("*", name) if "*" in way else f"{way} {name}"
        if action.value:
            text = f"{text} {value} {action.value}" if rng.random() < 0.7 else f"{text} {value}"
    return rng.choice(POLITE).format(text)


def _fit(rows: list[Row], *, meaning: bool) -> Floats:
    x, there, y = _arrays(rows, meaning=meaning)

    def loss(w: Floats) -> tuple[float, Floats]:
        p = _chances(x, there, w)
        picked = p[np.arange(len(y)), y]
        p[np.arange(len(y)), y] -= 1
        slope = np.append(np.einsum("nk,nkf->f", p[:, :-1] * there, x), p[:, -1].sum())
        return -np.log(np.maximum(picked, 1e-12)).sum() + 0.05 * (w @ w), slope + 0.1 * w

    return minimize(loss, np.zeros(x.shape[2] + 1), jac=True, method="L-BFGS-B").x


def _arrays(rows: list[Row], *, meaning: bool) -> tuple[Floats, Floats, Floats]:
    size = len(NAMES) - (0 if meaning else OF_MEANING)
    longest = max(len(signs) for _, signs, _ in rows)
    x = np.zeros((len(rows), longest, size))
    there = np.zeros((len(rows), longest), bool)
    for n, (_, signs, _) in enumerate(rows):
        if signs:
            x[n, : len(signs)] = np.array(signs)[:, :size]
            there[n, : len(signs)] = True
    return x, there, np.array([longest if at is None else at for _, _, at in rows])


def _chances(x: Floats, there: Floats, w: Floats) -> Floats:
    scores = np.where(there, x @ w[:-1], -1e9)
    scores = np.concatenate([scores, np.full((len(x), 1), w[-1])], 1)
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def _tell(name: str, rows: list[Row], w: Floats, *, meaning: bool) -> None:
    x, there, y = _arrays(rows, meaning=meaning)
    p = _chances(x, there, w)[:, :-1]
    best, sure = p.argmax(1), p.max(1)
    for least in (0.35, 0.5, 0.6, 0.7, 0.8, 0.9):
        chosen = sure >= least
        print(f"  {name} p >= {least}: {chosen.mean():.1%} of requests, {(best == y)[chosen].mean():.1%} right")


def _write(found: dict[bool, Floats]) -> None:
    def told(values: Floats) -> str:
        return "(" + ", ".join(f"{value:.3f}" for value in values) + ")"

    text = Path(where.__file__).read_text()
    lines = {
        "WEIGHTS": told(found[False][:-1]),
        "NONE": f"{found[False][-1]:.3f}",
        "WEIGHTS_WITH_MEANING": told(found[True][:-1]),
        "NONE_WITH_MEANING": f"{found[True][-1]:.3f}",
    }
    for name, value in lines.items():
        # A tuple may stand on several lines.
        text = re.sub(rf"(?ms)^{name} = (?:\(.*?\)|[-\d.]+)$", f"{name} = {value}", text)
    Path(where.__file__).write_text(text)


if __name__ == "__main__":
    main()
