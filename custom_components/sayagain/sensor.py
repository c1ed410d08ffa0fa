"""Sensors: how often requests fail, and how many rewrites were learnt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription, SensorStateClass
from homeassistant.const import PERCENTAGE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from . import SayagainConfigEntry
from .const import DOMAIN
from .coordinator import FiguresCoordinator

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class _Description(SensorEntityDescription):
    value: Callable[[Mapping[str, Any]], float | None]
    details: tuple[str, ...]


def _defect_rate(summary: Mapping[str, Any]) -> float | None:
    rate = summary["defect_rate"]
    return None if rate is None else round(100 * rate, 1)


_SENSORS = (
    _Description(
        key="defect_rate",
        translation_key="defect_rate",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value=_defect_rate,
        details=("turns", "low", "high", "defect_rate_before", "moved"),
    ),
    _Description(
        key="learnt_rewrites",
        translation_key="learnt_rewrites",
        state_class=SensorStateClass.MEASUREMENT,
        value=lambda summary: summary["learnt_rewrites"],
        details=("release", "rewritten"),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: SayagainConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set the sensors up."""
    figures = entry.runtime_data.figures
    async_add_entities(_FigureSensor(figures, entry, description) for description in _SENSORS)


class _FigureSensor(CoordinatorEntity[FiguresCoordinator], SensorEntity):
    _attr_has_entity_name = True
    entity_description: _Description

    def __init__(self, figures: FiguresCoordinator, entry: SayagainConfigEntry, description: _Description) -> None:
        super().__init__(figures)
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}-{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)}, name=entry.title, entry_type=DeviceEntryType.SERVICE
        )

    @property
    def available(self) -> bool:
        """Whether the service gave figures."""
        return super().available and self.coordinator.data is not None

    @property
    def native_value(self) -> float | None:
        """The figure."""
        return self.entity_description.value(self.coordinator.data.summary)

    @property
    def extra_state_attributes(self) -> dict[str, Any]:
        """What the figure rests on."""
        return {name: self.coordinator.data.summary[name] for name in self.entity_description.details}
