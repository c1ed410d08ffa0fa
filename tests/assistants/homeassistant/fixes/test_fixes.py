"""Fixes, against a stand-in that answers as Home Assistant 2026.11 does: planned, made, checked, taken back."""

import asyncio

import pytest

from sayagain.assistants.homeassistant.fixes.apply_fix import apply_plan, undo_fix
from sayagain.assistants.homeassistant.fixes.fix import Fix
from sayagain.assistants.homeassistant.fixes.plan_fix import plan_fix
from sayagain.errors import InputError

ENTITIES = {
    "light.bed_light": "Bed Light",
    "light.kitchen_lights": "Kitchen Lights",
    "switch.decorative_lights": "Decorative Lights",
    "lock.front_door": "Front Door",
    "light.attic_light": "Attic Light",
}
AREAS = {"light.bed_light": "bedroom", "light.kitchen_lights": "kitchen"}


class Home:
    """The settings of a home, and how it reads "turn on the NAME [in the AREA]"."""

    def __init__(self, standin):
        self.aliases = {entity: [None] for entity in ENTITIES}
        self.areas = dict(AREAS)
        self.exposed = {entity: entity != "switch.decorative_lights" for entity in ENTITIES}
        self.states = dict.fromkeys(ENTITIES, "off")
        self.sentences = {}
        self.is_deaf = False
        standin.commands |= {
            "homeassistant/expose_entity/list": lambda _: {
                "exposed_entities": {entity: {"conversation": seen} for entity, seen in self.exposed.items()}
            },
            "homeassistant/expose_entity": self.expose,
            "config/device_registry/list": [],
            "config/entity_registry/list": lambda _: [
                {"entity_id": entity, "area_id": self.areas.get(entity), "device_id": None} for entity in ENTITIES
            ],
            "config/entity_registry/get": lambda message: {
                "aliases": self.aliases[message["entity_id"]],
                "area_id": self.areas.get(message["entity_id"]),
            },
            "config/entity_registry/update": self.update,
            "conversation/agent/homeassistant/debug": lambda message: {
                "results": [self.read(words) for words in message["sentences"]]
            },
        }
        standin.paths["/api/states"] = lambda _: [
            {"entity_id": entity, "state": self.states[entity], "attributes": {"friendly_name": name}}
            for entity, name in ENTITIES.items()
        ]
        self.standin = standin

    def expose(self, message):
        self.exposed |= dict.fromkeys(message["entity_ids"], message["should_expose"])

    def update(self, message):
        entity = message["entity_id"]
        if "aliases" in message:
            self.aliases[entity] = message["aliases"]
        if "area_id" in message:
            self.areas[entity] = message["area_id"]

    def automation(self, fix):
        """Let automations be kept under the path of a fix."""

        def keep(body):
            if body is None:
                self.sentences.clear()
            else:
                self.sentences[body["triggers"][0]["command"][0]] = body["actions"][0]["data"]["text"]
            return {"result": "ok"}

        self.standin.paths[f"/api/config/automation/config/{fix.subject}"] = keep

    def read(self, words):
        if words in self.sentences and not self.is_deaf:
            return {"match": True, "source": "trigger", "targets": {}, "unmatched_slots": {}, "details": {}}
        if not words.startswith("turn on the "):
            return None
        name, _, area = words.removeprefix("turn on the ").partition(" in the ")
        names = {entity: {own.casefold(), *filter(None, self.aliases[entity])} for entity, own in ENTITIES.items()}
        entity = next((entity for entity, own in names.items() if name in own and not self.is_deaf), None)
        if entity is None:
            # As recorded: the kind of thing behind the name is cut off.
            cut = f"{name.rsplit(' ', 1)[0]} " if name.endswith(("light", "lamp")) else name
            return {"match": False, "targets": {}, "details": {}, "unmatched_slots": {"name": cut}, "source": "builtin"}
        details = {"name": {"value": ENTITIES[entity], "text": name}}
        if area:
            details["area"] = {"value": area.title(), "text": area}
        is_there = self.exposed[entity] and (not area or self.areas.get(entity) == area)
        return {
            "match": True,
            "targets": {entity: {"matched": True}} if is_there else {},
            "slots": {"name": name, **({"area": area} if area else {})},
            "details": details,
            "unmatched_slots": {},
            "source": "builtin",
        }


@pytest.fixture
def home(standin):
    return Home(standin)


def repair(connected, home, request, *, undo=True, **given):
    """Plan and make a fix, and take it back; return the plan, the fix, and how the request is read with and without."""

    async def run():
        async with connected() as client:
            plan = await plan_fix(client, request, language="en", **given)
            for fix in plan.fixes:
                if fix.kind == "sentence":
                    home.automation(fix)
            fix = await apply_plan(client, plan)
            after = home.read(request)
            if fix is not None and undo:
                await undo_fix(client, Fix.from_id(fix.id))
            return plan, fix, after, home.read(request)

    return asyncio.run(run())


def is_right(reading, entity):
    return bool(reading) and reading["match"] and list(reading["targets"]) == [entity]


def test_a_misheard_name_becomes_an_alias_and_can_be_taken_back(connected, home):
    plan, fix, after, undone = repair(connected, home, "turn on the bet light")
    assert plan.sentence == "Nothing is called “bet light”: it becomes an alias of Bed Light (light.bed_light)."
    assert fix.id == "alias/light.bed_light/bet%20light"
    assert is_right(after, "light.bed_light")
    assert not undone["match"]
    # The entity's own name stays.
    assert home.aliases["light.bed_light"] == [None]


def test_another_name_needs_to_be_told_what_it_means(connected, home):
    plan, fix, _, _ = repair(connected, home, "turn on the reading lamp")
    assert (plan.fixes, fix) == ((), None)
    assert "--target" in plan.sentence
    plan, fix, after, _ = repair(connected, home, "turn on the reading lamp", means="turn on the bed light")
    assert fix.id == "alias/light.bed_light/reading%20lamp"
    assert is_right(after, "light.bed_light")
    plan, fix, after, _ = repair(connected, home, "turn on the reading lamp", target="light.attic_light")
    assert is_right(after, "light.attic_light")


def test_a_hidden_entity_is_exposed(connected, home):
    _, fix, after, undone = repair(connected, home, "turn on the decorative lights")
    assert (fix.kind, fix.subject) == ("expose", "switch.decorative_lights")
    assert is_right(after, "switch.decorative_lights")
    assert undone["targets"] == {}


def test_an_entity_without_a_room_gets_the_one_that_was_said(connected, home):
    _, fix, after, _ = repair(connected, home, "turn on the attic light in the attic")
    assert fix.id == "area/light.attic_light/attic"
    assert is_right(after, "light.attic_light")
    assert home.areas["light.attic_light"] is None


def test_a_thing_in_another_room_is_not_moved_but_the_sentence_works(connected, home):
    _, fix, after, undone = repair(connected, home, "turn on the bed light in the kitchen")
    assert (fix.kind, fix.value) == ("sentence", "turn on the bed light")
    assert after["source"] == "trigger"
    assert undone["source"] == "builtin"
    assert home.areas["light.bed_light"] == "bedroom"


def test_words_without_a_sentence_are_made_to_mean_others(connected, home):
    plan, fix, _, _ = repair(connected, home, "movie magic")
    assert (plan.fixes, fix) == ((), None)
    plan, fix, after, undone = repair(connected, home, "movie magic", means="turn on the bed light")
    assert after["source"] == "trigger"
    assert undone is None
    _, path_body = next(said for said in home.standin.said if "automation" in said[0])
    assert path_body["actions"][0]["action"] == "conversation.process"


def test_what_opens_the_house_is_neither_guessed_nor_put_into_a_sentence(connected, home):
    plan, _, _, _ = repair(connected, home, "turn on the frond door")
    assert plan.fixes == ()


def test_an_unavailable_device_and_a_request_that_works_need_no_change(connected, home):
    home.states["light.bed_light"] = "unavailable"
    plan, fix, _, _ = repair(connected, home, "turn on the bed light")
    assert (plan.sentence, fix) == ("It is understood; Bed Light is unavailable: check power and connection.", None)
    home.states["light.bed_light"] = "off"
    plan, fix, _, _ = repair(connected, home, "turn on the bed light")
    assert "there is nothing to change" in plan.sentence


def test_what_does_not_help_is_taken_back(connected, home, monkeypatch):
    monkeypatch.setattr("sayagain.assistants.homeassistant.fixes.apply_fix._PAUSE", 0)
    home.is_deaf = True
    plan, fix, _, _ = repair(connected, home, "turn on the bet light")
    assert plan.fixes
    assert fix is None
    assert home.aliases["light.bed_light"] == [None]


@pytest.mark.parametrize("text", ["", "alias", "alias/light.bed_light", "paint/light.bed_light/red", "alias//x"])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(InputError, match="no id of a fix"):
        Fix.from_id(text)
