"""The MCP server, asked by the package's own client over standard input and output."""

import asyncio
import os
import sys

import pytest
from mcp import Client, StdioServerParameters, stdio_client

from sayagain.learner import Learner
from sayagain.turns import Action, Nlu, Response, Turn

NOON = 1_767_268_800_000


def turn(number, user, words):
    return Turn(
        turn_id=f"t{number}",
        started=NOON + 60_000 * number,
        request=words,
        user_id=user,
        nlu=Nlu(intent="TurnOn"),
        response=Response(text="Sorry, something went wrong", type="error", error_code="failed_to_handle"),
        actions=(Action(target="light.lamp", ok=False),),
    )


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "home.db"
    with Learner(path) as learner:
        learner.observe(turn(1, "ann", "turn on the lamp"))
        learner.observe(turn(2, "bob", "turn on the heater"))
    return path


def ask(database, *calls, user="ann"):
    """Return the answers to calls of tools: their text, and whether they failed."""

    async def run():
        arguments = ["-m", "sayagain.cli", "mcp", "--db", str(database), "--user", user]
        server = StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))
        async with Client(stdio_client(server)) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            answers = [await client.call_tool(name, given) for name, given in calls]
        texts = ["\n".join(part.text for part in answer.content) for answer in answers]
        return names, [(text, bool(answer.is_error)) for text, answer in zip(texts, answers, strict=True)]

    return asyncio.run(run())


def test_preferences_are_kept_listed_used_and_forgotten(database):
    jazz = {"domain": "music", "value": "jazz", "said": "I love jazz"}
    names, answers = ask(
        database,
        ("remember_preference", jazz),
        ("list_preferences", {}),
        ("remember_preference", {**jazz, "value": " "}),
    )
    assert names == {"remember_preference", "list_preferences", "forget", "report_problem", "why_did_that_fail"}
    assert answers[0] == ("Remembered: music: likes jazz.", False)
    assert answers[1] == ("music: likes jazz", False)
    assert answers[2][1]
    assert "the value of a preference" in answers[2][0]
    with Learner(database) as learner:
        used = learner.rewrite("play some music", user="ann")
        assert used.text == "play jazz"
        assert used.why.endswith("you said: “I love jazz”")
        assert learner.rewrite("play some music", user="bob").text == "play some music"
    _, answers = ask(database, ("forget", {"phrase": "jazz"}), ("forget", {"phrase": "jazz"}))
    assert answers == [("Forgotten: jazz.", False), ("Nothing was known about jazz.", False)]


def test_problems_are_reported_and_explained_for_the_user_alone(database):
    _, answers = ask(
        database,
        ("why_did_that_fail", {}),
        ("report_problem", {"what": "the lamp stayed dark"}),
        ("why_did_that_fail", {"turn_id": "t2"}),
    )
    assert "It broke at execution" in answers[0][0]
    assert answers[1][0] == "Reported for turn t1 (“turn on the lamp”)."
    assert answers[2] == ("Error executing tool why_did_that_fail: there is no turn 't2'", True)
    with Learner(database) as learner:
        assert [report.text for report in learner.store.turn("t1").feedback] == ["the lamp stayed dark"]
        assert learner.store.turn("t2").feedback == ()
