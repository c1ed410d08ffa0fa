"""Guess which column of a foreign log holds which field, from the names of its columns and from their values."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sayagain.errors import InputError, TurnError
from sayagain.formats.column_map import FIELDS, inner_value
from sayagain.formats.column_values import (
    column_number,
    column_slots,
    column_time,
    column_transcripts,
    column_truth,
    column_value,
)
from sayagain.formats.dialogue_rows import USERS

__all__ = ["guess_columns", "known_columns"]

# fmt: off
_NAMES: dict[str, tuple[str, ...]] = {
    "request": ("request", "utterance", "userutterance", "usermessage", "userinput", "usertext", "userquery", "query",
                "transcript", "transcription", "question", "prompt", "input", "inputtext", "spoken", "said", "command",
                "text", "message", "content", "anfrage", "äußerung", "requete", "requête", "peticion", "richiesta"),
    "started": ("started", "startedat", "starttime", "timestamp", "time", "datetime", "createdat", "created",
                "eventtime", "requesttime", "when", "date", "ts", "zeit", "zeitpunkt", "datum", "heure", "fecha"),
    "ended": ("ended", "endedat", "endtime", "finishedat"),
    "turn_id": ("turnid", "requestid", "messageid", "eventid", "interactionid", "id", "uuid"),
    "user_id": ("userid", "user", "username", "customerid", "customer", "callerid", "caller", "speaker", "speakerid",
                "personid", "accountid", "senderid", "nutzer", "benutzer"),
    "home": ("home", "homeid", "household", "householdid", "siteid", "tenant", "tenantid"),
    "device_id": ("deviceid", "device", "clientid", "gerät"),
    "area": ("area", "room", "zone", "raum"),
    "session_id": ("sessionid", "session", "dialogid", "dialogueid", "chatid", "threadid", "callid", "conversationid",
                   "conversation"),
    "language": ("language", "lang", "locale", "sprache"),
    "response": ("response", "responsetext", "reply", "answer", "botresponse", "botmessage", "botreply", "output",
                 "assistantresponse", "assistantmessage", "completion", "antwort", "reponse", "réponse"),
    "error": ("errorcode", "error", "failure", "failurereason"),
    "understood": ("understood", "success", "succeeded", "handled", "resolved", "ok", "verstanden"),
    "intent": ("intent", "intentname", "predictedintent", "topintent", "detectedintent", "absicht"),
    "domain": ("domain", "skill", "skillid"),
    "slots": ("slots", "entities", "parameters", "slotvalues"),
    "intent_confidence": ("intentconfidence", "nluconfidence", "intentscore"),
    "asr_confidence": ("asrconfidence", "speechconfidence"),
    "transcripts": ("transcripts", "nbest", "asrnbest", "alternatives"),
    "rating": ("rating", "thumbs", "feedback", "stars", "csat", "bewertung"),
    "correction": ("correction", "correctedtext", "expectedrequest"),
    "role": ("role", "author", "from", "direction", "speakertype"),
}
# fmt: on

_NOT_A_LETTER = re.compile(r"[\W_]+")

ENOUGH = 0.5
"""Share of the values of a column, named like a field, that must be of the kind that the field needs; the rest may be
bad lines."""

SURE = 0.9
"""The same for a column that is found by its values alone."""


def guess_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the column of each field that names and values agree on.

    Args:
        rows: the first rows of the log, a few hundred.

    Raises:
        InputError: no column looks like the request or like its time.

    >>> rows = [{"Timestamp": "2026-01-31T08:00:00Z", "User message": "lamp on", "Bot reply": "Done"}]
    >>> guess_columns(rows)
    {'request': 'User message', 'started': 'Timestamp', 'response': 'Bot reply'}
    """
    available = known_columns(rows)
    columns: dict[str, str] = {}
    for field, names in _NAMES.items():
        for name in names:
            column = next(
                (column for column in available if _key(column) == name and column not in columns.values()), None
            )
            if column is not None and _fits(field, rows, column):
                columns[field] = column
                break
    if "started" not in columns:
        unused = (column for column in available if column not in columns.values())
        times = [column for column in unused if _fits("started", rows, column, share=SURE)]
        if len(times) == 1:
            columns["started"] = times[0]
    for field, meaning in (("request", "what the user said"), ("started", "when it was said")):
        if field not in columns:
            seen = ", ".join(available[:20]) or "none"
            raise InputError(f"no column looks like {meaning}; name it with --map {field}=COLUMN (the log has {seen})")
    return {field: columns[field] for field in FIELDS if field in columns} | columns


def known_columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of all columns, those inside objects by their paths, in order of appearance."""
    names: dict[str, None] = {}
    for row in rows:
        for name, value in row.items():
            names[name] = None
            if isinstance(value, Mapping):
                names.update(dict.fromkeys(f"{name}.{inner}" for inner in value))
    return list(names)


def _key(column: str) -> str:
    return _NOT_A_LETTER.sub("", column.rpartition(".")[2].lower())


def _fits(field: str, rows: Sequence[Mapping[str, Any]], column: str, *, share: float = ENOUGH) -> bool:
    values = [value for row in rows if column_value(value := inner_value(row, column))]
    if field == "role":
        return any(column_value(value).lower() in USERS for value in values)
    if field in ("request", "response"):
        # A column of numbers, times or objects holds no words.
        return _share(values, _is_text) >= ENOUGH and _share(values, _is_number) < ENOUGH
    return bool(values) and _share(values, _TESTS.get(field, _is_text)) >= share


def _share(values: Sequence[object], test: Callable[[object], bool]) -> float:
    return sum(map(test, values)) / max(len(values), 1)


def _is_text(value: object) -> bool:
    return isinstance(value, str | int)


def _converts(convert: Callable[[object], object]) -> Callable[[object], bool]:
    def test(value: object) -> bool:
        try:
            convert(value)
        except TurnError:
            return False
        return True

    return test


_is_number = _converts(lambda value: column_number(value, ""))

_TESTS: dict[str, Callable[[object], bool]] = {
    "started": _converts(lambda value: column_time(value, "", zone="UTC")),
    "ended": _converts(lambda value: column_time(value, "", zone="UTC")),
    "understood": _converts(lambda value: column_truth(value, "")),
    "rating": _converts(lambda value: column_truth(value, "")),
    "intent_confidence": _is_number,
    "asr_confidence": _is_number,
    "slots": _converts(lambda value: column_slots(value, "")),
    "transcripts": _converts(lambda value: column_transcripts(value, "")),
}
"""Whether a value is one that a field can hold; other fields hold text."""
