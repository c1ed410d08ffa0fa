"""The command `fix`: what it asks for, what it takes the request to mean, and what it prints."""

import pytest

from sayagain.assistants.homeassistant import api
from sayagain.assistants.homeassistant.fixes import apply_fix, plan_fix
from sayagain.assistants.homeassistant.fixes.fix import Fix, FixPlan
from sayagain.learner import Learner
from sayagain.turns import Nlu, Response, Turn

NOW = 1_767_225_600_000
LOST = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
ALIAS = Fix(kind="alias", subject="light.bed_light", value="reading lamp")


@pytest.fixture
def asked(monkeypatch):
    """Have Home Assistant's part answer, and note what it was asked."""
    calls = []

    class Client:
        def __init__(self, *given):
            calls.append(given)

        async def __aenter__(self):
            return self

        async def __aexit__(self, *_):
            return None

    async def plan(_, request, **given):
        calls.append((request, given))
        return FixPlan(
            request=request, fixes=(ALIAS,), stage="entity_resolution", sentence="Nothing is called “reading lamp”."
        )

    async def apply(_, plan):
        return plan.fixes[0]

    async def undo(_, fix):
        calls.append(fix)

    monkeypatch.setattr(api, "HomeAssistant", Client)
    monkeypatch.setattr(plan_fix, "plan_fix", plan)
    monkeypatch.setattr(apply_fix, "apply_plan", apply)
    monkeypatch.setattr(apply_fix, "undo_fix", undo)
    return calls


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "fix.db"
    with Learner(path) as learner:
        for number, (words, response) in enumerate(
            [("turn on the reading lamp", LOST), ("turn on the bed light", Response(text="Done", type="action_done"))]
        ):
            turn = Turn(
                turn_id=f"t{number}",
                started=NOW + 5_000 * number,
                user_id="u",
                request=words,
                response=response,
                nlu=Nlu(intent="HassTurnOn" if number else ""),
            )
            learner.observe(turn)
    return str(path)


def test_it_shows_what_to_change_and_changes_it_when_told(run, asked, database):
    shown = run("fix", "t0", "--token", "x", "--db", database)
    assert "Nothing is called “reading lamp”." in shown.out
    assert "make the change with: sayagain fix t0 --apply" in " ".join(shown.out.split())
    # What the user said next and was understood is what was meant.
    assert asked[1] == (
        "turn on the reading lamp",
        {"means": "turn on the bed light", "target": None, "language": None},
    )
    made = run("fix", "t0", "--token", "x", "--db", database, "--apply", "--json").json
    assert (made["applied"], made["undo"]) == (True, "alias/light.bed_light/reading%20lamp")
    run("fix", "--undo", made["undo"], "--token", "x", "--db", database)
    assert asked[-1] == ALIAS


def test_what_is_missing_is_said(run, asked, database, monkeypatch):
    monkeypatch.delenv("SAYAGAIN_HOMEASSISTANT_TOKEN", raising=False)
    assert "--token is missing" in run("fix", "t0", "--db", database).err
    assert "give the id of a turn, or --undo" in run("fix", "--token", "x", "--db", database).err
    assert "there is no turn 'none'" in run("fix", "none", "--token", "x", "--db", database).err
    assert "no id of a fix" in run("fix", "--undo", "nonsense", "--token", "x", "--db", database).err
    assert not any(isinstance(call, Fix) for call in asked)
