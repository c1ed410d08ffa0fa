import asyncio
import threading

import pytest

from sayagain.assistants.agent_phrases import agent_phrases
from sayagain.assistants.homeassistant.agent import Agent, AgentRequest
from sayagain.assistants.homeassistant.answers import AgentOutcome
from sayagain.assistants.homeassistant.area_registry import AreaRegistry
from sayagain.assistants.homeassistant.confirmations import Confirmations
from sayagain.assistants.homeassistant.resolve import ResolvedIntent
from sayagain.errors import ServiceError
from sayagain.runtime import Decision, Proposal
from sayagain.runtime.admission import admit_proposal, proposal_id

DONE = {"response_type": "action_done", "speech": {"plain": {"speech": "Done"}}, "data": {"success": [], "failed": []}}
FAILED = {"response_type": "error", "speech": {"plain": {"speech": "Sorry"}}, "data": {"code": "no_intent_match"}}


class Home:
    """Does what it is asked and remembers it; fails or hangs when told to."""

    def __init__(self):
        self.asked = []
        self.answer = DONE
        self.fails = None
        self.read = None

    async def converse(self, text, **fields):
        self.asked.append((text, {name: value for name, value in fields.items() if value is not None}))
        if self.fails is not None:
            raise self.fails
        return {"response": self.answer, "conversation_id": "x"}

    async def call(self, kind, **_):
        assert kind == "conversation/agent/homeassistant/debug"
        if self.fails is not None:
            raise self.fails
        return {"results": [self.read]}


class Front:
    """Decides as told."""

    def __init__(self, **decisions):
        self.decisions = decisions
        self.seen = []

    def rewrite(self, request):
        self.seen.append(request)
        decision = self.decisions.get(request.heard.replace(" ", "_"))
        if callable(decision):
            return decision(request)
        return decision or Decision(heard=request.heard, text=request.heard, why="left as it is")

    def converse(self, request, *, takes_steps=False, proposal=None):
        assert takes_steps
        decision = self.rewrite(request)
        if proposal is None or decision.changed or decision.ask is not None or decision.arm is not None:
            return decision
        return admit_proposal(request, proposal, language="en", withdrawn={}, check=lambda made: made)

    def observe(self, turn, decision=None): ...


def rewritten(heard, text):
    return Decision(heard=heard, text=text, layer="table", rewrite_id="abcdef012345", release=3, why="learnt")


def asking(heard, words):
    return Decision(heard=heard, text=heard, ask=words, why="perhaps")


@pytest.fixture
def home():
    return Home()


@pytest.fixture
def rooms():
    registry = AreaRegistry()
    registry.names = {"bedroom": "Bedroom"}
    registry.device_areas = {"d1": "bedroom"}
    registry.satellite_devices = {"assist_satellite.bed": "d1"}
    return registry


def talk(home, rooms, front, *requests, **more):
    """Say requests to one agent; returns what came back and what was logged."""
    logged = []

    async def story():
        agent = Agent(home, front, rooms, logged.append, **more)
        return [
            await agent.respond(request if isinstance(request, AgentRequest) else heard(request))
            for request in requests
        ]

    return asyncio.run(story()), logged


def heard(text, conversation_id="c1", **more):
    return AgentRequest(text=text, language="en", conversation_id=conversation_id, **more)


def test_a_request_is_forwarded_in_a_conversation_of_our_own_with_its_device(home, rooms):
    [said], [turn] = talk(home, rooms, Front(), heard("lights on", device_id="d1"))
    assert said == AgentOutcome(kind="handled", text="Done")
    fields = {"language": "en", "agent_id": "conversation.home_assistant", "device_id": "d1"}
    assert home.asked == [("lights on", {**fields, "conversation_id": "sayagain-c1"})]
    assert (turn.area, turn.device_id, turn.conversation_id, turn.request) == ("Bedroom", "d1", "c1", "lights on")
    assert (turn.response.text, turn.applied_rewrite, turn.user_id) == ("Done", None, None)


def test_a_satellite_stands_where_its_device_stands(home, rooms):
    _, [turn] = talk(home, rooms, Front(), heard("lights on", satellite_id="assist_satellite.bed"))
    assert (turn.area, turn.device_id) == ("Bedroom", "d1")
    assert home.asked[0][1]["device_id"] == "d1"


def test_the_rewritten_words_are_forwarded_and_both_are_logged(home, rooms):
    front = Front(turn_of_the_lamp=rewritten("turn of the lamp", "turn off the lamp"))
    _, [turn] = talk(home, rooms, front, "turn of the lamp")
    assert home.asked[0][0] == "turn off the lamp"
    assert (turn.heard, turn.request) == ("turn of the lamp", "turn off the lamp")
    assert (turn.applied_rewrite.id, turn.applied_rewrite.release) == ("abcdef012345", 3)


def test_an_error_is_told_as_one(home, rooms):
    home.answer = FAILED
    [said], [turn] = talk(home, rooms, Front(), "lampe an")
    assert said == AgentOutcome(kind="not-recognized", text="Sorry")
    assert turn.failed


@pytest.mark.parametrize("error", [ServiceError("gone"), TimeoutError()])
def test_with_home_assistant_out_of_reach_the_user_is_told(home, rooms, error):
    home.fails = error
    [said], [turn] = talk(home, rooms, Front(), "lamp on")
    assert said == AgentOutcome(kind="not-handled", text=agent_phrases(None).unreachable)
    assert turn.response.error_code == "unreachable"


def test_an_answer_that_does_not_come_is_not_waited_for(home, rooms):
    async def never(*_, **__):
        await asyncio.Event().wait()

    home.converse = never
    [said], _ = talk(home, rooms, Front(), "lamp on", deadline=10)
    assert said == AgentOutcome(kind="not-handled", text=agent_phrases(None).unreachable)


def failing(_):
    raise OSError("no route to host")


def hanging(_):
    threading.Event().wait(3)


@pytest.mark.parametrize("front", [failing, hanging])
def test_with_no_decision_the_request_is_forwarded_as_it_is(home, rooms, front):
    [said], [turn] = talk(home, rooms, Front(lamp_on=front), "lamp on")
    assert (said.text, home.asked[0][0], turn.request) == ("Done", "lamp on", "lamp on")


def test_a_log_that_fails_keeps_nobody_waiting(home, rooms, caplog):
    def full(_):
        raise OSError("no space left on device")

    async def story():
        return await Agent(home, Front(), rooms, full).respond(heard("lamp on"))

    assert asyncio.run(story()).text == "Done"
    assert "could not be logged" in caplog.text


def test_whatever_goes_wrong_something_is_said(home, rooms, caplog):
    home.fails = ZeroDivisionError()
    [said], _ = talk(home, rooms, Front(), "lamp on")
    assert said == AgentOutcome(kind="not-handled", text="Sorry, something went wrong.")
    assert "could not be answered" in caplog.text


ASK = Front(lamp_of=asking("lamp of", "turn off the lamp"))


def test_a_question_is_asked_before_anything_is_done(home, rooms):
    [said], [turn] = talk(home, rooms, ASK, "lamp of")
    assert said == AgentOutcome(kind="handled", text="Did you mean: turn off the lamp?")
    assert home.asked == []
    assert (turn.response.type, turn.failed) == ("question", False)


def test_after_a_yes_the_words_that_waited_are_done_and_it_is_one_turn(home, rooms):
    said, logged = talk(home, rooms, ASK, "lamp of", "yes please")
    assert [answer.text for answer in said] == ["Did you mean: turn off the lamp?", "Done"]
    assert [text for text, _ in home.asked] == ["turn off the lamp"]
    asked, done = logged
    assert asked.turn_id == done.turn_id
    assert (done.heard, done.request, done.applied_rewrite.layer) == ("lamp of", "turn off the lamp", "asked")
    assert [(report.kind, report.value) for report in done.feedback] == [("helped", 1.0)]


@pytest.mark.parametrize(
    ("language", "question", "no", "all_right"),
    [
        ("de", "Meintest du: turn off the lamp?", "nein danke", "In Ordnung."),
        ("fr-FR", "Vouliez-vous dire : turn off the lamp ?", "non merci", "D'accord."),
        ("xx", "Did you mean: turn off the lamp?", "no", "All right."),
    ],
)
def test_question_and_answer_are_in_the_language_of_the_turn(home, rooms, language, question, no, all_right):
    requests = [AgentRequest(text=text, language=language, device_id="d1") for text in ("lamp of", no)]
    said, _ = talk(home, rooms, ASK, *requests)
    assert [answer.text for answer in said] == [question, all_right]


def test_after_a_no_nothing_is_done(home, rooms):
    said, logged = talk(home, rooms, ASK, "lamp of", "no")
    assert [answer.text for answer in said] == ["Did you mean: turn off the lamp?", "All right."]
    assert home.asked == []
    assert [(report.kind, report.value) for report in logged[1].feedback] == [("helped", 0.0)]
    assert logged[2].request == "no"


def test_anything_else_is_a_request_of_its_own(home, rooms):
    said, _ = talk(home, rooms, ASK, "lamp of", "lamp on", "yes")
    assert [answer.text for answer in said] == ["Did you mean: turn off the lamp?", "Done", "Done"]
    # The question was forgotten, so this yes answers nothing of ours.
    assert [text for text, _ in home.asked] == ["lamp on", "yes"]


def test_a_yes_elsewhere_answers_nothing(home, rooms):
    talk(home, rooms, ASK, heard("lamp of", device_id="d1"), heard("yes", "c2", device_id="d2"))
    assert [text for text, _ in home.asked] == ["yes"]


def test_a_yes_on_the_same_device_counts_in_another_conversation(home, rooms):
    talk(home, rooms, ASK, heard("lamp of", device_id="d1"), heard("yes", "c2", device_id="d1"))
    assert [text for text, _ in home.asked] == ["turn off the lamp"]


def test_after_a_minute_a_yes_answers_nothing(home, rooms):
    times = iter([0, 60_001])
    talk(home, rooms, ASK, "lamp of", "yes", questions=Confirmations(clock=lambda: next(times)))
    assert [text for text, _ in home.asked] == ["yes"]


class FakeColdStart:
    """Proposes what a decision does, whatever is said; fails without one."""

    def __init__(self, decision):
        self.decision = decision
        self.remembered = []

    def propose(self, _):
        text = self.decision.ask or self.decision.text
        return Proposal(text=text, probability=0.9, asks=self.decision.ask is not None, why="perhaps")

    def remember(self, turn, decision):
        self.remembered.append((turn.heard, decision.ask or decision.text))

    async def refresh(self, client): ...


def test_the_cold_start_helps_where_the_front_left_the_request(home, rooms):
    cold_start = FakeColdStart(rewritten("kill the lamp", "turn off the lamp"))
    talk(
        home, rooms, Front(lamp_of=rewritten("lamp of", "lamp off")), "kill the lamp", "lamp of", cold_start=cold_start
    )
    assert [text for text, _ in home.asked] == ["turn off the lamp", "lamp off"]
    assert cold_start.remembered == [("kill the lamp", "turn off the lamp"), ("lamp of", "lamp off")]


def test_what_is_held_back_on_purpose_is_left_alone(home, rooms):
    held = Decision(heard="lamp of", text="lamp of", rewrite_id="abcdef012345", arm="holdout", why="kept back")
    cold_start = FakeColdStart(rewritten("lamp of", "lamp off"))
    _, [turn] = talk(home, rooms, Front(lamp_of=held), "lamp of", cold_start=cold_start)
    assert (home.asked[0][0], turn.applied_rewrite.arm) == ("lamp of", "holdout")
    assert cold_start.remembered == [("lamp of", "lamp of")]


def test_what_was_said_to_a_question_of_the_cold_start_is_logged(home, rooms):
    cold_start = FakeColdStart(asking("lamp of", "turn off the lamp"))
    _, logged = talk(home, rooms, Front(), "lamp of", "no", "lamp of", "yes", cold_start=cold_start)
    assert [report.value for turn in logged for report in turn.feedback] == [0.0, 1.0]
    ids = {turn.applied_rewrite.id for turn in logged if turn.applied_rewrite is not None}
    assert ids == {proposal_id("lamp of", "turn off the lamp")}


@pytest.mark.parametrize(("otherwise", "passed_on"), [(None, "don't open it"), ("never mind", "never mind")])
def test_a_front_that_fails_makes_no_proposal_and_does_no_harm(home, rooms, otherwise, passed_on):
    class Broken(Front):
        def converse(self, request, *, takes_steps=False, proposal=None):  # noqa: ARG002  (called like the others)
            raise OSError("no route to host")

    class Danger(FakeColdStart):
        def propose(self, _):
            return Proposal(text="close it", otherwise=otherwise, may_hold_out=False, why="it is turned round")

    talk(home, rooms, Broken(), "don't open it", cold_start=Danger(None))
    assert [text for text, _ in home.asked] == [passed_on]


def test_a_cold_start_that_fails_is_passed_over(home, rooms):
    cold_start = FakeColdStart(None)
    [said], _ = talk(home, rooms, Front(), "lamp on", cold_start=cold_start)
    assert (said.text, home.asked[0][0]) == ("Done", "lamp on")


@pytest.mark.parametrize(
    "read",
    [
        {"match": True, "source": "trigger", "sentence_template": "movie night"},
        {"match": True, "source": "custom", "intent": {"name": "Movie"}, "file": "en/own.yaml", "targets": {}},
    ],
)
@pytest.mark.parametrize("decide", [rewritten, asking])
def test_the_users_own_sentence_comes_first(home, rooms, read, decide):
    home.read = read
    cold_start = FakeColdStart(decide("movie night", "turn off the lamp"))
    [said], [turn] = talk(home, rooms, Front(), "movie night", cold_start=cold_start)
    assert (said.text, [text for text, _ in home.asked]) == ("Done", ["movie night"])
    assert turn.applied_rewrite is None


def test_what_was_learnt_does_not_hide_an_own_sentence_and_what_was_taught_does(home, rooms):
    home.read = {"match": True, "source": "trigger"}
    front = Front(lamp_of=rewritten("lamp of", "lamp off"))
    talk(home, rooms, front, "lamp of")
    taught = Decision(heard="cosy", text="dim the lamp", layer="taught", why="taught")
    talk(home, rooms, Front(cosy=taught), "cosy")
    assert [text for text, _ in home.asked] == ["lamp of", "dim the lamp"]


def test_a_template_of_home_assistants_own_is_no_sentence_of_the_user(home, rooms):
    home.read = {"match": True, "source": "builtin", "targets": {}}
    cold_start = FakeColdStart(rewritten("lamp of", "lamp off"))
    talk(home, rooms, Front(), "lamp of", cold_start=cold_start)
    home.read = {"match": False, "source": "custom", "targets": {}}
    talk(home, rooms, Front(), "lamp of", cold_start=cold_start)
    assert [text for text, _ in home.asked] == ["lamp off", "lamp off"]


def test_an_own_sentence_is_found_behind_noise(home, rooms):
    async def debug(_, *, sentences, **__):
        return {
            "results": [{"match": True, "source": "trigger"} if one == "Movie night." else None for one in sentences]
        }

    home.call = debug
    cold_start = FakeColdStart(asking("Movie night. [BLANK_AUDIO]", "turn off the lamp"))
    _, [turn] = talk(home, rooms, Front(), "Movie night. [BLANK_AUDIO]", cold_start=cold_start)
    assert [text for text, _ in home.asked] == ["Movie night."]
    assert (turn.applied_rewrite.layer, turn.applied_rewrite.target) == ("cold start", "Movie night.")


def test_where_home_assistant_does_not_tell_its_sentences_nothing_is_said_in_their_place(home, rooms):
    async def refuses(*_, **__):
        raise ServiceError("unknown command")

    home.call = refuses
    cold_start = FakeColdStart(rewritten("lamp of", "lamp off"))
    talk(home, rooms, Front(), "lamp of", cold_start=cold_start)
    assert [text for text, _ in home.asked] == ["lamp of"]


def test_doing_nothing_is_said(home, rooms):
    home.answer = {**DONE, "speech": {}}
    cold_start = FakeColdStart(rewritten("don't open it", "never mind"))
    [said], [turn] = talk(home, rooms, Front(), "don't open it", cold_start=cold_start)
    assert [text for text, _ in home.asked] == ["never mind"]
    assert said.text == turn.response.text == "All right, nothing was done."
    # Who says it himself knows.
    [said], _ = talk(home, rooms, Front(), "never mind")
    assert said.text == ""


READ = {
    "intent": {"name": "HassTurnOn"},
    "match": True,
    "source": "builtin",
    "targets": {"light.bed": {"matched": True}},
    "details": {"domain": {"value": "light"}, "area": {"value": "Bedroom"}},
}


def test_in_resolve_mode_the_intent_goes_back_with_the_room(home, rooms):
    home.read = READ
    [said], [turn] = talk(home, rooms, Front(), heard("lights on", device_id="d1"), mode="resolve")
    assert isinstance(said, ResolvedIntent)
    assert said.slots == {"domain": "light", "area": "Bedroom", "preferred_area_id": "bedroom"}
    assert home.asked == []
    assert turn.understood.key == "HassTurnOn|domain=light"


def test_what_does_not_resolve_is_forwarded(home, rooms):
    [said], _ = talk(home, rooms, Front(), heard("kill the lights", device_id="d1"), mode="resolve")
    assert (said.text, home.asked[0][0]) == ("Done", "kill the lights")


def test_the_agent_answers_a_teaching_exchange_itself(home, rooms):
    reply = Decision(
        heard="teach", text="teach", layer="teaching", rewrite_id="teaching", reply="Should I?", why="asked"
    )
    home.read = {"match": True, "source": "trigger"}
    cold_start = FakeColdStart(rewritten("teach", "lamp off"))
    [said], [turn] = talk(home, rooms, Front(teach=reply), "teach", cold_start=cold_start)
    assert (said.kind, said.text, home.asked) == ("handled", "Should I?", [])
    assert (turn.response.text, turn.applied_rewrite.layer, turn.request) == ("Should I?", "teaching", "teach")


def test_several_taught_requests_are_passed_on_one_after_the_other(home, rooms):
    steps = ("dim the lamp", "play jazz")
    taught = Decision(
        heard="cosy", text="dim the lamp and play jazz", layer="taught steps", rewrite_id="r", steps=steps, why="taught"
    )
    [said], [turn] = talk(home, rooms, Front(cosy=taught), "cosy")
    assert ([text for text, _ in home.asked], said.text) == (list(steps), "Done Done")
    assert (turn.request, turn.response.text) == ("dim the lamp and play jazz", "Done Done")
    home.answer, home.asked = FAILED, []
    [said], [turn] = talk(home, rooms, Front(cosy=taught), "cosy")
    assert ([text for text, _ in home.asked], said.kind) == (["dim the lamp"], "not-recognized")
    assert turn.response.error_code == "no_intent_match"
    home.fails, home.asked = ServiceError("gone"), []
    [said], [turn] = talk(home, rooms, Front(cosy=taught), "cosy")
    assert (len(home.asked), turn.response.error_code) == (1, "unreachable")


def test_what_was_taught_and_confirmed_is_logged_as_taught(home, rooms):
    asked = Decision(
        heard="hi",
        text="hi",
        ask="unlock the door",
        ask_each_time=True,
        ask_layer="taught",
        rewrite_id="lesson",
        why="asked first",
    )
    [question, done], [first, second] = talk(home, rooms, Front(hi=asked), "hi", "yes")
    assert question.text == "Did you mean: unlock the door?"
    assert [text for text, _ in home.asked] == ["unlock the door"]
    assert (first.applied_rewrite.layer, first.applied_rewrite.target) == ("taught", "hi")
    assert (second.applied_rewrite.layer, second.applied_rewrite.target) == ("taught", "unlock the door")
    assert (second.applied_rewrite.id, done.text) == ("lesson", "Done")
