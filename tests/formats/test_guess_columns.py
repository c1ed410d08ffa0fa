import pytest

from sayagain.errors import InputError
from sayagain.formats.guess_columns import guess_columns, known_columns

TIME = "2026-01-31 08:00:00"


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (
            {"Zeitpunkt": TIME, "Nutzer": "1", "Anfrage": "licht an", "Antwort": "ok"},
            {"request": "Anfrage", "started": "Zeitpunkt", "user_id": "Nutzer", "response": "Antwort"},
        ),
        (
            {"data": {"query_text": 1, "query": "lamp on"}, "ts": "1769842800"},
            {"request": "data.query", "started": "ts"},
        ),
        (
            {"utterance": "lamp on", "text": "Done", "logged": TIME, "n": "5"},
            {"request": "utterance", "started": "logged"},
        ),
    ],
)
def test_names_and_values_tell_the_columns(row, columns):
    assert guess_columns([row]) == columns


def test_a_name_whose_values_are_of_another_kind_is_not_taken():
    row = {"time": "in the morning", "created": TIME, "question": "3", "query": "lamp on", "rating": "fine"}
    assert guess_columns([row]) == {"request": "query", "started": "created"}


def test_no_column_serves_two_fields():
    guessed = guess_columns([{"message": "lamp on", "ts": TIME, "id": "a", "user": "b", "session": "c"}])
    assert sorted(guessed.values()) == ["id", "message", "session", "ts", "user"]


def test_what_cannot_be_guessed_is_asked_for():
    with pytest.raises(InputError, match=r"what the user said; name it with --map request=COLUMN \(the log has a, b\)"):
        guess_columns([{"a": "lamp on", "b": TIME}])
    with pytest.raises(InputError, match="when it was said"):
        guess_columns([{"request": "lamp on", "a": TIME, "b": TIME}])


def test_columns_inside_objects_are_known_by_their_path():
    assert known_columns([{"a": 1}, {"b": {"c": 2}}]) == ["a", "b", "b.c"]
