from sayagain.context import conditions, context_signals
from sayagain.turns import Action, Context, Hypothesis, Nlu, Turn


def turn(context=None, started=100_000, **more):
    return Turn(turn_id="t", started=started, request="stop", context=context, **more)


def true_of(context=None, history=(), **more):
    return conditions(context_signals(turn(context, **more), history))


def test_nothing_is_true_without_signals():
    assert context_signals(turn()) == []
    assert true_of() == frozenset()
    assert true_of(Context()) == frozenset()


def test_what_is_at_rest_or_unknown_states_nothing():
    states = {"oven": "off", "lock.door": "locked", "vacuum": "docked", "light.attic": "unavailable", "cover": "Closed"}
    assert true_of(Context(device_states=states)) == frozenset()


def test_states_give_what_is_on_and_how():
    states = {"oven.oven": "180", "vacuum.robot": "cleaning", "playing.kitchen": "film.paddington"}
    assert true_of(Context(device_states=states, area="kitchen")) == {
        "oven.oven is on",
        "vacuum.robot is on",
        "vacuum.robot is cleaning",
        "playing.here is on",
        "playing.here is film",
        "room kitchen",
    }


def test_the_sign_of_a_reading_counts_and_its_digits_do_not():
    assert true_of(Context(sensors={"sensor.outdoor": -4})) == {"sensor.outdoor is on", "sensor.outdoor is below 0"}
    assert true_of(Context(sensors={"sensor.outdoor": 21.5})) == {"sensor.outdoor is on"}


def test_states_read_long_before_or_after_the_request_do_not_count():
    oven = {"oven": "on"}
    assert true_of(Context(device_states=oven, read_at=100_000))
    assert true_of(Context(device_states=oven, read_at=41_000))
    assert not true_of(Context(device_states=oven, read_at=39_000))
    assert not true_of(Context(device_states=oven, read_at=100_001))


def test_stale_states_leave_the_other_signals():
    context = Context(device_states={"oven": "on"}, read_at=0, screen=True, weekday=6, local_time="06:10")
    assert true_of(context) == {"screen", "weekend", "after 05:00", "after 06:00"}


def test_a_malformed_time_is_no_signal():
    assert true_of(Context(local_time="noon")) == frozenset()


def test_what_was_just_done_counts_for_a_minute():
    def before(ended):
        return Turn(
            turn_id="b",
            started=0,
            ended=ended,
            request="light on",
            nlu=Nlu(intent="HassTurnOn"),
            actions=(Action(target="light.desk"), Action(target="fan.attic", ok=False)),
        )

    assert true_of(history=[before(90_000)]) == {"after HassTurnOn", "light was acted on", "something was acted on"}
    assert true_of(history=[before(30_000)]) == {"after HassTurnOn"}


def test_a_request_said_again_is_no_context_of_itself():
    before = Turn(turn_id="b", started=0, ended=90_000, request="stop", nlu=Nlu(intent="Pause"))
    again = Nlu(ranking=(Hypothesis(intent="Pause"), Hypothesis(intent="StopAlarm")))
    assert "after Pause" not in true_of(history=[before], nlu=again)
    assert "after Pause" in true_of(history=[before], nlu=Nlu(intent="Resume"))
