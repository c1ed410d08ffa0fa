"""The plugin beside a stand-in for the class that OVOS gives it; test_real_ovos.py runs it inside ovos-core."""

import importlib
import subprocess
import sys
from types import ModuleType

import pytest
from stand_in_service import StandIn

from sayagain.assistants.ovos.message import CONTEXT_KEY
from sayagain.errors import SettingError

MODULE = "sayagain.assistants.ovos.transformer"
CONTEXT = {"session": {"session_id": "s1", "site_id": "attic", "lang": "en-US"}}


class UtteranceTransformer:
    def __init__(self, name, priority=50, config=None):
        self.name, self.priority, self.config = name, priority, config or {}
        self.bus = Bus()


class Bus:
    def __init__(self):
        self.messages = []

    def emit(self, message):
        self.messages.append(message)


class Message:
    """OVOS's own, as far as the plugin uses it: a reply goes back to where the message came from."""

    def __init__(self, kind, data=None, context=None):
        self.msg_type, self.data, self.context = kind, data or {}, context or {}

    def reply(self, kind, data=None):
        context = {**self.context, "destination": self.context.get("source")}
        return Message(kind, data, context)


@pytest.fixture
def plugin(monkeypatch):
    for name in ("ovos_plugin_manager", "ovos_plugin_manager.templates"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    module = ModuleType("ovos_plugin_manager.templates.transformers")
    module.UtteranceTransformer = UtteranceTransformer
    monkeypatch.setitem(sys.modules, module.__name__, module)
    bus_client, messages = ModuleType("ovos_bus_client"), ModuleType("ovos_bus_client.message")
    messages.Message = Message
    monkeypatch.setitem(sys.modules, bus_client.__name__, bus_client)
    monkeypatch.setitem(sys.modules, messages.__name__, messages)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    made = []

    def make(**config):
        made.append(importlib.import_module(MODULE).SayagainTransformer(config=config))
        return made[-1]

    yield make
    for transformer in made:
        transformer.shutdown()
    sys.modules.pop(MODULE, None)


def test_a_request_is_rewritten_and_what_was_done_is_left_in_the_context(plugin):
    with StandIn({"lamp of": "lamp off"}) as service:
        words, left = plugin(url=service.url, deadline=30_000).transform(["lamp of", "lamb off"], CONTEXT)
    assert words == ["lamp off"]
    applied = left[CONTEXT_KEY]["applied_rewrite"]
    assert (applied["from"], applied["to"], applied["layer"]) == ("lamp of", "lamp off", "chain")
    (asked,) = service.asked
    assert asked["turn_id"] == left[CONTEXT_KEY]["turn_id"]
    assert (asked["session_id"], asked["area"], asked["assistant"]) == ("s1", "attic", "ovos")
    assert [transcript["text"] for transcript in asked["asr"]["nbest"]] == ["lamp of", "lamb off"]


def test_a_request_that_is_left_keeps_all_its_transcripts_and_gets_an_id(plugin):
    with StandIn({}) as service:
        words, left = plugin(url=service.url, deadline=30_000).transform(["lamp on", "lump on"], CONTEXT)
    assert words == ["lamp on", "lump on"]
    assert left[CONTEXT_KEY]["applied_rewrite"]["layer"] == "leave"


def test_what_teaches_is_answered_and_ovos_has_nothing_to_handle(plugin):
    with StandIn({}, replies={"call the desk lamp my sun": "Is “sun” the desk lamp?"}) as service:
        transformer = plugin(url=service.url, deadline=30_000, teach=True)
        words, left = transformer.transform(["call the desk lamp my sun"], {**CONTEXT, "source": "satellite"})
        assert (words, left["canceled"], left["cancel_word"]) == (["call the desk lamp my sun"], True, "sayagain")
        (spoken,) = transformer.bus.messages
        assert (spoken.msg_type, spoken.data["utterance"]) == ("speak", "Is “sun” the desk lamp?")
        assert spoken.data["expect_response"] is True
        assert (spoken.context["destination"], spoken.context["session"]) == ("satellite", CONTEXT["session"])
        assert spoken.context[CONTEXT_KEY]["applied_rewrite"]["layer"] == "teaching"
        _, left = transformer.transform(["lamp on"], CONTEXT)
        assert "canceled" not in left
        assert len(transformer.bus.messages) == 1


def test_without_the_setting_nothing_is_taught(plugin):
    with StandIn({}, replies={"call the desk lamp my sun": "Is “sun” the desk lamp?"}) as service:
        transformer = plugin(url=service.url, deadline=30_000)
        _, left = transformer.transform(["call the desk lamp my sun"], CONTEXT)
    assert "canceled" not in left
    assert transformer.bus.messages == []


def test_a_service_that_is_down_changes_nothing(plugin):
    words, left = plugin(url="http://127.0.0.1:9").transform(["lamp of"], CONTEXT)
    assert words == ["lamp of"]
    assert "cannot be reached" in left[CONTEXT_KEY]["why"]


def test_a_service_that_is_slow_is_not_waited_for(plugin, hanging):
    with hanging({"lamp of": "lamp off"}) as service:
        words, left = plugin(url=service.url, deadline=50).transform(["lamp of"], CONTEXT)
    assert words == ["lamp of"]
    assert "took longer than 50 ms" in left[CONTEXT_KEY]["why"]


@pytest.mark.parametrize("utterances", [[], [""], ["  "]])
def test_silence_is_nothing_to_decide_on(plugin, utterances):
    assert plugin(url="http://127.0.0.1:9").transform(utterances, None) == (utterances, {})


@pytest.mark.parametrize("config", [{"url": "nowhere"}, {"deadline": 0}, {"deadline": "soon"}])
def test_a_setting_that_cannot_be_used_is_refused(plugin, config):
    with pytest.raises(SettingError):
        plugin(**config)


def test_inside_ovos_nothing_of_learning_is_loaded():
    code = (
        "import sys; from types import ModuleType as M\n"
        "for n in ('ovos_plugin_manager', 'ovos_plugin_manager.templates', 'ovos_bus_client'): sys.modules[n] = M(n)\n"
        "b = sys.modules['ovos_bus_client.message'] = M('message')\n"
        "b.Message = object\n"
        "m = sys.modules['ovos_plugin_manager.templates.transformers'] = M('transformers')\n"
        "m.UtteranceTransformer = object\n"
        f"import {MODULE}\n"
        "print(*(n for n in ('numpy', 'scipy', 'pyarrow', 'lightgbm', 'rapidfuzz', 'sqlite3') if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("", "")
