"""The entities of a home by their names, and the one that a name most likely means."""

from collections.abc import Collection, Sequence
from typing import Any, Self

import msgspec

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.text import letter_similarity, normalise, sound_similarity

__all__ = ["HomeNames", "NamedEntity"]

_SIMILAR, _MARGIN = 0.72, 0.05
"""Least similarity of a name that is taken for an entity, and how much less similar every other entity must be."""


class NamedEntity(msgspec.Struct, frozen=True, kw_only=True):
    """One entity of a home."""

    entity_id: str
    """Its id."""
    name: str
    """Its name."""
    state: str
    """Its state, such as `on` or `unavailable`."""
    is_exposed: bool
    """Whether the conversation sees it."""
    area_id: str | None
    """Its area, or that of its device."""

    @property
    def domain(self) -> str:
        """The kind of thing, such as `light`."""
        return self.entity_id.partition(".")[0]


class HomeNames:
    """The entities of a home.

    Args:
        entities: all of them.
    """

    def __init__(self, entities: Sequence[NamedEntity]) -> None:
        self._entities = entities
        self._by_id = {entity.entity_id: entity for entity in entities}

    @classmethod
    async def read(cls, home: HomeAssistant) -> Self:
        """Read the entities of a home.

        Raises:
            ServiceError: Home Assistant does not tell.
        """
        states: list[dict[str, Any]] = await home.get("/api/states")
        exposed = (await home.call("homeassistant/expose_entity/list"))["exposed_entities"]
        devices = {device["id"]: device.get("area_id") for device in await home.call("config/device_registry/list")}
        areas = {
            entry["entity_id"]: entry.get("area_id") or devices.get(entry.get("device_id"))
            for entry in await home.call("config/entity_registry/list")
        }
        return cls(
            [
                NamedEntity(
                    entity_id=state["entity_id"],
                    name=str(state.get("attributes", {}).get("friendly_name") or state["entity_id"]),
                    state=str(state.get("state")),
                    is_exposed=bool((exposed.get(state["entity_id"]) or {}).get("conversation")),
                    area_id=areas.get(state["entity_id"]),
                )
                for state in states
            ]
        )

    def get(self, entity_id: str) -> NamedEntity | None:
        """Return the entity with an id."""
        return self._by_id.get(entity_id)

    def called(self, name: str) -> list[NamedEntity]:
        """Return the entities with exactly this name, however it is spelt."""
        return [entity for entity in self._entities if normalise(entity.name) == normalise(name)]

    def most_like(self, names: Sequence[str], domains: Collection[str]) -> NamedEntity | None:
        """Return the exposed entity whose name is most like one of the names; None where none is alone in that.

        Args:
            names: as heard.
            domains: kinds of things that may be meant.
        """
        if not names:
            return None
        ranked = sorted(
            (
                (max(_similarity(name, entity.name) for name in names), entity.entity_id)
                for entity in self._entities
                if entity.is_exposed and entity.domain in domains
            ),
            reverse=True,
        )
        if not ranked or ranked[0][0] < _SIMILAR:
            return None
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _MARGIN:
            return None
        return self._by_id[ranked[0][1]]


def _similarity(name: str, other: str) -> float:
    left, right = normalise(name), normalise(other)
    return (letter_similarity(left, right) + sound_similarity(left, right)) / 2
