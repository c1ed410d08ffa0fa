from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sayagain.feedback import DETECTORS, Kind, detect
from sayagain.feedback.phrase_lists import told_language
from sayagain.turns import (
    Action,
    AppliedRewrite,
    FeedbackReport,
    Hypothesis,
    Interruption,
    Nlu,
    Resolution,
    Response,
    Session,
    Slot,
    Speech,
    Turn,
)

REQUESTS = (
    "turn on the lamp", "turn off the lamp", "turn of the lamb", "play maj and dragons", "play imagine dragons", "stop",
    "never mind", "no I meant the kitchen", "thanks", "yes", "no", "louder", "volume up", "volume down", "and tomorrow",
    "what about rome", "undo that", "", "...", "включи лампу", "打开灯", "set a timer for 5 minutes",
    "cancel the timer",
)  # fmt: skip
ANSWERS = ("", "Done", "Sorry, I don't understand", "Which lamp?", "It is noon. Did that help?", "Anything else?")
INTENTS = ("", "HassTurnOn", "HassTurnOff", "HassMediaSearchAndPlay", "HassMediaPause", "HassNevermind", "Weather")

times = st.integers(0, 200_000)
maybe = st.none
values = st.sampled_from(["lamp", "lamb", "on", "off", 5, None, True, 2.5])
slots = st.lists(st.builds(Slot, st.sampled_from(["name", "state"]), values), max_size=2).map(tuple)
hypotheses = st.builds(
    Hypothesis, intent=st.sampled_from(INTENTS), domain=maybe() | st.sampled_from(["media", "light"]), slots=slots
)
speeches = st.builds(Speech, started=maybe() | times, ended=maybe() | times, duration=maybe() | st.integers(0, 60_000))
reports = st.builds(
    FeedbackReport,
    kind=st.sampled_from(["rating", "thumbs", "helped", "correction"]),
    value=maybe() | st.floats(0, 1),
    text=maybe() | st.text(max_size=5),
)
responses = st.builds(
    Response,
    text=st.sampled_from(ANSWERS) | st.text(max_size=20),
    type=maybe() | st.sampled_from(["action_done", "query_answer", "question", "error", "odd"]),
    error_code=maybe() | st.sampled_from(["no_intent_match", "odd"]),
    acts=st.lists(hypotheses | st.builds(Hypothesis, intent=st.sampled_from(["request", "offer"])), max_size=2).map(
        tuple
    ),
)
requests = st.sampled_from(REQUESTS) | st.text(max_size=30)
turns = st.fixed_dictionaries(
    {"started": times, "request": requests},
    optional={
        "ended": times,
        "language": st.sampled_from(["en", "en-GB", "de", "zh", "", "-"]),
        "nlu": st.builds(Nlu, ranking=st.lists(hypotheses, max_size=2).map(tuple), intent=maybe() | st.just("Weather")),
        "response": responses,
        "resolution": st.just((Resolution(slot="name", id="light.attic"),)),
        "actions": st.lists(
            st.builds(Action, target=st.sampled_from(["light.attic", "media_player.tv"]), ok=st.booleans()), max_size=2
        ).map(tuple),
        "speech": speeches,
        "interrupted": st.builds(
            Interruption,
            yes=st.booleans(),
            by=maybe() | st.sampled_from(["user", "assistant", "other"]),
            at=maybe() | times,
        ),
        "feedback": st.lists(reports, max_size=2).map(tuple),
        "applied_rewrite": st.builds(
            AppliedRewrite, id=st.just("r"), source=requests, target=requests, layer=st.just("chain")
        ),
    },
)
sessions = st.lists(turns, min_size=1, max_size=6).map(
    lambda turn_fields: Session(
        session_id="s",
        turns=tuple(
            Turn(turn_id=f"t{n}", **fields)
            for n, fields in enumerate(sorted(turn_fields, key=lambda fields: fields["started"]))
        ),
    )
)


@given(sessions)
def test_signals_speak_about_turns_of_the_session_in_order(session):
    signals = detect(session)
    place = {turn.turn_id: number for number, turn in enumerate(session.turns)}
    order = [(place[signal.turn_id], signal.kind) for signal in signals]
    assert order == sorted(order)
    for signal in signals:
        assert signal.kind in get_args(Kind)
        assert 0 <= signal.strength <= 1
        assert signal.evidence


@given(sessions, st.integers(-(10**13), 10**13))
def test_when_it_happened_does_not_matter(session, shift):
    assert detect(_shift_session(session, shift)) == detect(session)


@given(sessions)
def test_what_the_assistant_logs_besides_does_not_matter(session):
    noisy = tuple(
        msgspec.structs.replace(turn, raw={"defect": True}, assistant="x", device_id="d", user_id="u")
        for turn in session.turns
    )
    assert detect(Session(session_id="other", turns=noisy)) == detect(session)


@given(sessions)
def test_an_equal_session_is_judged_the_same(session):
    copy = msgspec.json.decode(msgspec.json.encode(session), type=Session)
    assert detect(copy) == detect(session) == detect(session)


@given(sessions)
def test_detect_is_all_detectors_and_nothing_else(session):
    stated = told_language(session)
    signals = [signal for detector in DETECTORS.own for signal in detector(stated)]
    assert len(detect(session)) == len(signals)
    assert all(signal in signals for signal in detect(session))


def test_a_whole_evening(session):
    evening = session(
        ("turn of the lamb", {"response": Response(type="error", error_code="no_intent_match")}),
        ("turn off the lamp", {"response": Response(text="Done", type="action_done")}),
        "thanks",
        ("turn on the fan", {"response": Response(text="Done", type="action_done")}),
        ("turn the fan off", {"response": Response(text="Done", type="action_done")}),
        ("play jazz", {"response": Response(text="Playing jazz", type="action_done")}),
    )
    assert [(signal.turn_id, signal.kind, signal.positive) for signal in detect(evening)] == [
        ("t0", "no-response", False),
        ("t0", "rephrase", False),
        ("t1", "thanks", True),
        ("t3", "undo", False),
        ("t5", "playback-kept", True),
    ]


def test_two_reports_on_one_turn_are_two_signals(session):
    twice = (FeedbackReport(kind="rating", value=1.0), FeedbackReport(kind="thumbs", value=0.0))
    signals = detect(session(("news", {"feedback": twice})))
    assert [signal.positive for signal in signals] == [True, False]


def _shift_session(session, shift):
    def shift_times(record, *names):
        if record is None:
            return None
        times = {name: getattr(record, name) for name in names}
        return msgspec.structs.replace(record, **{k: v + shift for k, v in times.items() if v is not None})

    shifted_turns = tuple(
        msgspec.structs.replace(
            shift_times(turn, "started", "ended"),
            speech=shift_times(turn.speech, "started", "ended"),
            interrupted=shift_times(turn.interrupted, "at"),
            feedback=tuple(shift_times(report, "at") for report in turn.feedback),
        )
        for turn in session.turns
    )
    return Session(session_id=session.session_id, turns=shifted_turns)
