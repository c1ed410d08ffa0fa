import pytest

from sayagain.assistants.bad_event import bad_event


@pytest.mark.parametrize(
    ("event", "raw"),
    [(None, b"null"), ({"a": 1}, b'{"a":1}'), (set, repr(set).encode()), (10**400, str(10**400).encode())],
)
def test_the_event_is_kept_as_it_was_whatever_it_is(event, raw):
    assert bad_event("log", 3, ValueError("wrong"), event).raw == raw


@pytest.mark.parametrize(("said", "reason"), [("one\n two", "one two"), ("", "ValueError")])
def test_the_reason_is_one_line_and_never_empty(said, reason):
    record = bad_event("log", 3, ValueError(said))
    assert (record.source, record.line, record.reason) == ("log", 3, reason)


def test_a_turn_that_several_events_made_has_no_event_of_its_own():
    assert bad_event("log", 3, ValueError("wrong")).raw == b""
