"""The keynote's three kinds of context, each learnt from what users did next alone (Sarikaya 2022)."""

import msgspec
import pytest

from sayagain.context import context_example, find_ambiguous_requests, interpret, listed_hypotheses, request_key
from sayagain.context.evidence import UNLISTED
from sayagain.turns import Action, Context, Hypothesis, Nlu, Slot, Turn

ROOM = Hypothesis(intent="RoomTemperature", slots=(Slot("area", "kitchen"),))
OVEN = Hypothesis(intent="OvenTemperature")
BOOK, FILM = (Hypothesis(intent="Play", slots=(Slot("media_class", kind),)) for kind in ("book", "film"))
BREW_TEA, BREW_COFFEE = (Hypothesis(intent="Brew", slots=(Slot("kind", kind),)) for kind in ("tea", "coffee"))
POP, JAZZ = (Hypothesis(intent="Play", slots=(Slot("genre", genre),)) for genre in ("pop", "jazz"))


def said(number, words, listed, context, user="u", area="kitchen"):
    return Turn(
        turn_id=f"t{number}",
        started=number * 1_000_000,
        ended=number * 1_000_000 + 1_000,
        request=words,
        user_id=user,
        area=area,
        nlu=Nlu(ranking=listed),
        context=context,
    )


def examples_of(words, listed, situations, *, right, users=10, history=()):
    """Return what is seen of many turns: the judge is right in most of them, and wrong in every sixth."""
    examples = []
    for number, (context, goes_well) in enumerate((s, right(s)) for _ in range(24) for s in situations):
        turn = said(number, words, listed, context, user=f"u{number % users}")
        mistaken = number % 6 == 5
        p = 0.25 if goes_well != mistaken else 0.65
        turns = [*history, turn]
        example = context_example(turns, len(turns) - 1, {turn.turn_id: p}, unit=turn.user_id)
        examples.append(example)
    return examples


def best(words, listed, context, requests, history=(), habits=None, usual=None):
    turn = said(99, words, listed, context)
    request = requests[request_key(turn, listed_hypotheses(turn))]
    meant = interpret(turn, history, request, listed[0], habits=habits or {}, usual=usual or {})
    return max(meant.shares, key=meant.shares.__getitem__), meant


def learn(examples):
    return find_ambiguous_requests(examples, {}, min_users=2)


def test_the_temperature_is_that_of_the_oven_while_it_is_on():
    off, on = Context(), Context(device_states={"oven.oven": "180"})
    examples = examples_of("what is the temperature", (ROOM, OVEN), (off, on), right=lambda s: s is off)
    requests = learn(examples)
    assert best("what is the temperature", (ROOM, OVEN), on, requests)[0] == OVEN.key
    assert best("what is the temperature", (ROOM, OVEN), off, requests)[0] == ROOM.key


def test_what_is_learnt_in_one_room_counts_in_another():
    off, on = Context(), Context(device_states={"oven.oven": "180"})
    requests = learn(examples_of("what is the temperature", (ROOM, OVEN), (off, on), right=lambda s: s is off))
    bedroom = Hypothesis(intent="RoomTemperature", slots=(Slot("area", "bedroom"),))
    turn = said(99, "how hot is it", (bedroom, OVEN), on, area="bedroom")
    request = requests[request_key(turn, (bedroom, OVEN))]
    shares = interpret(turn, (), request, bedroom, habits={}, usual={}).shares
    assert shares[OVEN.key] > 0.8


def test_a_screen_means_the_film_and_no_screen_the_book():
    without, screen = Context(screen=False), Context(screen=True)
    examples = examples_of("play hunger games", (BOOK, FILM), (without, screen), right=lambda s: s is without)
    requests = learn(examples)
    assert best("play hunger games", (BOOK, FILM), screen, requests)[0] == FILM.key
    assert best("play hunger games", (BOOK, FILM), without, requests)[0] == BOOK.key
    # A missing signal leaves what the assistant does.
    assert best("play hunger games", (BOOK, FILM), Context(), requests)[0] == BOOK.key


def test_after_the_alarm_coffee_is_brewed():
    morning = Context(local_time="06:40")
    alarm = Turn(turn_id="a", started=0, ended=900, request="stop the alarm", nlu=Nlu(intent="StopAlarm"))

    def example(number, *, after_alarm, p):
        turn = said(number, "start brewing", (BREW_TEA, BREW_COFFEE), morning, user=f"u{number % 5}")
        before = Turn(
            turn_id=f"a{number}",
            started=turn.started - 60_000,
            ended=turn.started - 59_000,
            request="stop the alarm",
            nlu=Nlu(intent="StopAlarm" if after_alarm else "HassTurnOn"),
            actions=(Action(target="alarm.clock"),),
        )
        return context_example([before, turn], 1, {turn.turn_id: p}, unit=turn.user_id)

    examples = [
        example(number, after_alarm=number % 2 == 0, p=(0.65 if (number % 2 == 0) != (number % 9 == 8) else 0.2))
        for number in range(48)
    ]
    requests = learn(examples)
    now = said(99, "start brewing", (BREW_TEA, BREW_COFFEE), morning)
    recent = Turn(turn_id="a", started=now.started - 60_000, ended=now.started - 59_000, request="stop", nlu=alarm.nlu)
    assert best("start brewing", (BREW_TEA, BREW_COFFEE), morning, requests, history=[recent])[0] == BREW_COFFEE.key
    assert best("start brewing", (BREW_TEA, BREW_COFFEE), morning, requests)[0] == BREW_TEA.key


def test_music_is_jazz_for_whom_it_always_is():
    from sayagain.context import add_habit  # noqa: PLC0415  (used here alone)

    situation = Context()
    examples = examples_of("play music", (POP, JAZZ), (situation,), right=lambda _: True)
    examples += examples_of("play music", (POP, JAZZ), (situation,), right=lambda _: False, users=3)[:20]
    requests = learn(examples)
    chosen, meant = best("play music", (POP, JAZZ), situation, requests)
    assert chosen == POP.key
    habits = {}
    for day in range(6):
        add_habit(habits, meant.situation, p_defect=0.75, average=0.3, at=day)
    assert best("play music", (POP, JAZZ), situation, requests, habits=habits)[0] == JAZZ.key


@pytest.mark.parametrize("situations", [(Context(),), (Context(), Context(device_states={"oven.oven": "180"}))])
def test_a_request_that_works_everywhere_is_not_ambiguous(situations):
    examples = examples_of("lights on", (ROOM, OVEN), situations, right=lambda _: True)
    settled = [msgspec.structs.replace(example, p_defect=0.05) for example in examples]
    assert learn(settled) == {}


def test_one_user_alone_does_not_decide_for_others():
    off, on = Context(), Context(device_states={"oven.oven": "180"})
    examples = examples_of("what is the temperature", (ROOM, OVEN), (off, on), right=lambda s: s is off, users=1)
    assert learn(examples) == {}


def test_a_retry_counts_fully_where_it_was_listed():
    first = said(1, "what is the temperature", (ROOM, OVEN), Context())
    plain = Turn(turn_id="p", started=1_010_000, request="how hot is the oven", nlu=Nlu(ranking=(OVEN,)))
    listed = context_example([first, plain], 0, {"t1": 0.6}, unit="u")
    assert listed.meant == {ROOM.key.replace("kitchen", "here"): 0.4, "?": 0.0, OVEN.key: 0.6}
    alone = said(1, "what is the temperature", (ROOM,), Context())
    assert context_example([alone, plain], 0, {"t1": 0.6}, unit="u").share == UNLISTED
    late = Turn(turn_id="p", started=1_040_000, request="how hot is the oven", nlu=Nlu(ranking=(OVEN,)))
    assert context_example([first, late], 0, {"t1": 0.6}, unit="u").retry is None


def test_turns_without_context_or_judgement_tell_nothing():
    assert context_example([said(1, "stop", (ROOM, OVEN), None)], 0, {"t1": 0.5}, unit="u") is None
    assert context_example([said(1, "stop", (ROOM, OVEN), Context())], 0, {}, unit="u") is None


def test_what_one_user_alone_asked_for_is_given_to_nobody():
    off, on = Context(), Context(device_states={"oven.oven": "180"})
    examples = examples_of("what is the temperature", (ROOM, OVEN), (off, on), right=lambda s: s is off)
    secret = Hypothesis(intent="Call", slots=(Slot("name", "dr secret"),))
    examples = [
        msgspec.structs.replace(example, retry=secret, share=1.0) if example.unit == "u1" else example
        for example in examples
    ]
    (request,) = learn(examples).values()
    assert b"secret" not in msgspec.json.encode(request)
