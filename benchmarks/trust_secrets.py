"""Planted secrets: names, numbers, addresses and rare words that one user each said, searched for wherever others look.

Each user says a secret on several days: a request that fails, then one that works, with n-best transcripts, hypotheses,
answers and feedback that hold it, too. What learning makes of it is searched for in the shared files of the release, in
examples and exports, metrics, the log of the service and its errors, and by asking as somebody else. What a user's own
part of the release (`personal.arrow`) holds is that user's. Last, some users are forgotten, and all files are searched.
"""

import io
import json
import logging
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from starlette.testclient import TestClient

from sayagain.assistants.by_name import ASSISTANTS, assistant_named
from sayagain.errors import SayagainError
from sayagain.learner import Learner
from sayagain.turns import Action, Asr, AsrHypothesis, FeedbackReport, Hypothesis, Nlu, Response, Slot, Turn
from sayagain.web.access import Access
from sayagain.web.app import application
from sayagain.web.log import LOG, JsonLines
from sayagain.web.metrics import Metrics
from sayagain.web.service import Service
from sayagain.web.traces import DisabledTraces

__all__ = ["search_secrets"]

START, DAY = 1_767_225_600_000, 86_400_000
DAYS = 4
"""Days on which each user says the secret."""

FORGOTTEN = 2
"""Users who are forgotten at the end; each costs learning again."""

SYLLABLES = ("zor", "qua", "vix", "ble", "kyn", "dra", "phu", "wex", "jum", "tyl")
LOST = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")


class Secret(NamedTuple):
    """What one user alone says."""

    user: str
    word: str
    """What nobody else's turn holds; searched for."""
    failing: str
    working: str
    hypothesis: Hypothesis


def search_secrets(planted: int, seed: int) -> dict[str, Any]:
    """Plant so many secrets and search for them; return how many there are and how many were found."""
    dice = random.Random(seed)  # noqa: S311  (the same secrets each time)
    secrets = [_secret(number, dice) for number in range(planted)]
    leaked: dict[str, set[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Learner(folder / "home.db", holdout=0.0) as learner:
            learner.store.add_turns([*_everyday_turns(dice), *(turn for secret in secrets for turn in _turns(secret))])
            learner.promote(learner.learn(), force=True)
            for place, texts in (
                ("release", _release_files(learner)),
                ("examples and exports", _exports(learner)),
                ("service", _service_output(learner, secrets, dice)),
            ):
                content = b"\n".join(texts).lower()
                leaked[place] = {secret.word for secret in secrets if secret.word.encode() in content}
            leaked["asked as another"] = {secret.word for secret in secrets if _is_told(learner, secret)}
            leaked["forgotten"] = set()
            for secret in secrets[:FORGOTTEN]:
                if learner.forget(secret.user).remains:
                    leaked["forgotten"].add(secret.word)
        files = b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()).lower()
        leaked["forgotten"] |= {secret.word for secret in secrets[:FORGOTTEN] if secret.word.encode() in files}
    for place, words in leaked.items():
        print(f"{place}: {len(words)} of {planted} found{f', such as {min(words)!r}' if words else ''}")
    return {"planted": planted, "leaked": len(set().union(*leaked.values()))}


def _secret(number: int, dice: random.Random) -> Secret:
    rare = "".join(dice.choices(SYLLABLES, k=5)) + "".join(dice.choices("abcdefgh", k=4))
    digits = "".join(dice.choices("123456789", k=11))
    word, failing, working, intent = (
        (rare, f"col {rare}", f"call {rare}", "HassCall"),
        (digits, f"note the number {digits} pleas", f"note the number {digits}", "HassNote"),
        (rare, f"drive me to 14 {rare} streat", f"drive me to 14 {rare} street", "HassNavigate"),
        (rare, f"turn on the {rare} lamb", f"turn on the {rare} lamp", "HassTurnOn"),
    )[number % 4]
    hypothesis = Hypothesis(intent=intent, slots=(Slot("name", word),))
    return Secret(f"owner {number}", word, failing, working, hypothesis)


def _turns(secret: Secret) -> Iterator[Turn]:
    for day in range(DAYS):
        at = START + day * DAY
        for place, request in enumerate((secret.failing, secret.working)):
            works = request == secret.working
            yield Turn(
                turn_id=f"{secret.user}-{day}-{place}",
                started=at + place * 5_000,
                request=request,
                user_id=secret.user,
                device_id=f"kitchen of {secret.user}",
                asr=Asr(text=request, nbest=(AsrHypothesis(text=request), AsrHypothesis(text=secret.working))),
                nlu=Nlu(ranking=(secret.hypothesis,)) if works else None,
                response=Response(text=f"Done: {secret.word}", type="action_done") if works else LOST,
                actions=(Action(target=secret.word),) if works else (),
                feedback=() if works else (FeedbackReport(kind="correction", text=secret.working, at=at + 4_000),),
            )


def _everyday_turns(dice: random.Random) -> Iterator[Turn]:
    """What many users say, so that there is something to learn for everybody."""
    lamp = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "lamp"),))
    for user in range(30):
        for visit in range(4):
            at = START + visit * DAY + user * 1000
            for place, request in enumerate(
                ("turn of the lamp", "turn off the lamp", dice.choice(("call", "note", "lamp on")))
            ):
                works = request == "turn off the lamp"
                yield Turn(
                    turn_id=f"u{user}-{visit}-{place}",
                    started=at + place * 5_000 * (1 + 20 * (place == 2)),
                    request=request,
                    user_id=f"u{user}",
                    device_id="kitchen",
                    nlu=Nlu(ranking=(lamp,)) if works else None,
                    response=Response(text="Done", type="action_done") if works else LOST,
                )


def _release_files(learner: Learner) -> Iterator[bytes]:
    folder = learner.release().folder
    yield from (path.read_bytes() for path in folder.iterdir() if path.name != "personal.arrow")


def _exports(learner: Learner) -> Iterator[bytes]:
    examples = learner.examples(sure=0.5, understood=True)
    yield repr(examples).encode()
    for name in ASSISTANTS:
        try:
            yield from assistant_named(name).export(examples).values()
        except SayagainError:
            # Some assistants have no files to write.
            continue


def _service_output(learner: Learner, secrets: list[Secret], dice: random.Random) -> Iterator[bytes]:
    """Ask the service good and bad things that hold secrets; yield its log, metrics and what others are answered."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    before, LOG.handlers[:], level = list(LOG.handlers), [handler], LOG.level
    LOG.setLevel(logging.INFO)
    app = application(
        Service(learner, Metrics(), DisabledTraces()), Access(learner.store, rate=0.0), body_limit=1 << 20
    )
    try:
        with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
            for secret in dice.sample(secrets, min(200, len(secrets))):
                for path, body in (
                    ("/v1/rewrite", {"request": secret.failing, "user_id": secret.user}),
                    ("/v1/turns", {"turn_id": secret.word, "request": secret.word, "started": "never"}),
                    (f"/v1/{secret.word}", {secret.word: secret.word}),
                    ("/v1/teach", {"phrase": secret.word, "means": "", "user_id": secret.user}),
                ):
                    client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
                client.get(f"/v1/explain/{secret.word}", params={secret.word: secret.word})
            for path in ("/metrics", "/readyz", "/healthz", "/v1/releases", "/openapi.json"):
                yield client.get(path).content
    finally:
        LOG.handlers[:] = before
        LOG.setLevel(level)
    yield out.getvalue().encode()


def _is_told(learner: Learner, secret: Secret) -> bool:
    """Tell whether somebody else is given a secret that the own words did not hold."""
    rest = [text.replace(secret.word, "") for text in (secret.failing, secret.working)]
    asked = [*rest, *(text.strip() for text in rest), secret.failing.replace(secret.word, secret.word[:4])]
    return any(
        secret.word in f"{decision.text} {decision.reply} {decision.why}"
        for user in ("u1", "stranger", None)
        for decision in (learner.rewrite(text, user=user, at=START + 9 * DAY) for text in asked)
    )
