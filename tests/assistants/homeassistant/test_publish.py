import asyncio

import pytest
from aiohttp import web

from sayagain.assistants.homeassistant.publish import CANARY, PublishResult, add_alias, publish
from sayagain.errors import ServiceError

FILES = {
    "custom_sentences/en/sayagain.yaml": b"language: en\nintents: {HassTurnOff: {data: [{sentences: [kill it]}]}}\n"
}
NAME = next(iter(FILES))


def understood(source="custom", canary=True):
    return lambda message: {
        "results": [{"match": canary, "source": "builtin"}, *({"source": source} for _ in message["sentences"][1:])]
    }


@pytest.fixture
def teach(connected, standin, tmp_path):
    standin.paths["/api/services/conversation/reload"] = lambda _: []
    standin.commands["conversation/agent/homeassistant/debug"] = understood()

    def run(files=FILES):
        async def story():
            async with connected() as home:
                return await publish(home, files, tmp_path)

        return asyncio.run(story())

    return run


def test_files_are_put_in_place_read_and_tried(teach, standin, tmp_path):
    assert teach() == PublishResult(understood=("kill it",))
    assert (tmp_path / NAME).read_bytes() == FILES[NAME]
    assert [path for path, _ in standin.said] == ["/api/services/conversation/reload", "/api/conversation/process"]
    debug = next(message for message in standin.asked if message["type"].endswith("debug"))
    assert debug["sentences"] == [CANARY, "kill it"]
    assert [path.name for path in (tmp_path / NAME).parent.iterdir()] == ["sayagain.yaml"]


def test_where_another_folder_is_read_the_files_stay(teach, standin, tmp_path):
    standin.commands["conversation/agent/homeassistant/debug"] = lambda message: {
        "results": [{"match": True}, *(None for _ in message["sentences"][1:])]
    }
    assert teach() == PublishResult()
    assert (tmp_path / NAME).exists()


ERROR = {"response_type": "error", "data": {"code": "unknown"}}


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/api/services/conversation/reload", lambda _: web.Response(status=500)),
        ("/api/conversation/process", lambda _: web.Response(status=500)),
        ("/api/conversation/process", lambda _: {"response": ERROR}),
    ],
)
@pytest.mark.parametrize("before", [None, b"as it was"])
def test_when_anything_goes_wrong_all_is_as_before(teach, standin, tmp_path, path, answer, before):
    if before is not None:
        (tmp_path / NAME).parent.mkdir(parents=True)
        (tmp_path / NAME).write_bytes(before)
    standin.paths[path] = answer
    assert teach().failure is not None
    assert ((tmp_path / NAME).read_bytes() if (tmp_path / NAME).exists() else None) == before
    assert standin.said[-1][0] == "/api/services/conversation/reload"


def test_in_another_language_no_english_words_are_tried(teach, standin, tmp_path):
    standin.commands["conversation/agent/homeassistant/debug"] = lambda message: {
        "results": [{"source": "custom"} for _ in message["sentences"]]
    }
    german = b"language: de\nintents: {HassTurnOff: {data: [{sentences: [lampe haus]}]}}\n"
    name = "custom_sentences/de/sayagain.yaml"
    assert teach({name: german, **FILES}) == PublishResult(failure="Home Assistant no longer understands “never mind”")
    assert teach({name: german}) == PublishResult(understood=("lampe haus",))
    debug = [each for each in standin.asked if each["type"].endswith("debug")][-1]
    assert (debug["language"], debug["sentences"]) == ("de", ["lampe haus"])
    assert (tmp_path / name).read_bytes() == german


def test_when_the_canary_is_silent_all_is_as_before(teach, standin, tmp_path):
    standin.commands["conversation/agent/homeassistant/debug"] = understood(canary=False)
    assert "no longer understands “never mind”" in teach().failure
    assert not (tmp_path / NAME).exists()


def test_what_is_no_yaml_is_not_even_written(teach, standin, tmp_path):
    assert "not YAML" in teach({NAME: b"a: [b\nc: d"}).failure
    assert (standin.said, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize(
    ("has", "new", "after"),
    [
        ([None], ("snooze lamp",), [None, "snooze lamp"]),
        ([None, "night lamp"], ("snooze lamp",), [None, "night lamp", "snooze lamp"]),
        (["night lamp"], ("snooze lamp",), ["night lamp", "snooze lamp"]),
        ([], ("snooze lamp",), [None, "snooze lamp"]),
        ([None, "Snooze Lamp"], (), None),
    ],
)
def test_a_thing_keeps_the_names_that_it_has(connected, standin, has, new, after):
    standin.commands["config/entity_registry/get"] = {"aliases": has}
    standin.commands["config/entity_registry/update"] = {}

    async def story():
        async with connected() as home:
            assert await add_alias(home, "light.bed_light", {"snooze lamp"}) == new

    asyncio.run(story())
    updates = [message["aliases"] for message in standin.asked if message["type"].endswith("/update")]
    assert updates == ([after] if after is not None else [])


def test_a_thing_that_is_not_there_is_told(connected):
    async def story():
        async with connected() as home:
            with pytest.raises(ServiceError):
                await add_alias(home, "light.gone", {"snooze lamp"})

    asyncio.run(story())
