from sayagain.turns import TraceStep, Turn, trace_steps


def test_the_steps_of_a_trace_are_read_as_they_were_left():
    step = TraceStep(kind="tool", name="light", arguments={"on": True}, error="503")
    raw = {"steps": [{"kind": "tool", "name": "light", "arguments": {"on": True}, "error": "503"}]}
    assert trace_steps(Turn(turn_id="t", started=0, request="lamp on", raw=raw)) == (step,)


def test_what_another_log_calls_steps_is_none():
    for raw in (None, {"steps": 3}, {"steps": [{"kind": "tool"}]}, {"steps": [{"name": "x", "kind": "walk"}]}, [1]):
        assert trace_steps(Turn(turn_id="t", started=0, request="lamp on", raw=raw)) == ()
