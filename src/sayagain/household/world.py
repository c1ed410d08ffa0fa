"""The world: the state of one home, changed by deeds and by time."""

from sayagain.household.deeds import Deed
from sayagain.household.home import Home

__all__ = ["World"]

_INITIAL_STATES = {
    "light": "off",
    "switch": "off",
    "fan": "off",
    "cover": "closed",
    "lock": "locked",
    "oven": "off",
    "coffee": "idle",
    "vacuum": "docked",
    "climate": "20",
    "media_player": "idle",
}
_STATE_AFTER = {
    "turn on": "on",
    "turn off": "off",
    "open": "open",
    "close": "closed",
    "lock": "locked",
    "unlock": "unlocked",
    "dim": "on",
    "brighten": "on",
    "brightness": "on",
    "color": "on",
    "temperature": "on",
    "position": "open",
    "speed": "on",
    "dock": "docked",
    "vacuum": "cleaning",
    "pause vacuum": "paused",
    "brew": "brewing",
}
_BREW_MS = 90_000
_OVEN_MS = 3_600_000
_CLEAN_MS = 2_400_000
_RING_MS = 120_000
_EVENT_MS = 3_600_000
_DEFAULT_SENSOR_VALUES: dict[str, str | int] = {"sensor.outdoor_temperature": 9, "sensor.kitchen_dirt": "low"}


class World:
    """One home's state. Time changes it, too: ovens go off after an hour, timers ring and fall silent.

    >>> from sayagain.household.home import homes
    >>> world = World(homes(1, 1)[0])
    >>> world.apply(Deed("turn on", ("light.kitchen_light",)), "kitchen", now=0)
    >>> world.states["light.kitchen_light"]
    'on'
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.states: dict[str, str] = {
            d.id: _INITIAL_STATES[d.domain] for d in home.devices if d.domain in _INITIAL_STATES
        }
        self.current_items: dict[str, str] = {}
        """The id of the item that plays in each room; a room where nothing plays has none."""
        self.paused_rooms: set[str] = set()
        """Rooms whose player is paused."""
        self.timers: list[tuple[int, str]] = []
        """End in milliseconds and name of each timer that runs or rings."""
        self.alarms: list[str] = []
        """Times of the alarms, `HH:MM`."""
        self.alarm_start: int | None = None
        """Time at which the ringing alarm began, in milliseconds; None while no alarm rings."""
        self.items: dict[str, list[str]] = {"todo.shopping_list": ["coffee", "rice"], "todo.to_do_list": []}
        """The items of each list."""
        self.sensors: dict[str, str | int | float | bool] = {"sensor.outdoor_temperature": 9}
        """Readings of sensors, by id."""
        self.activities: dict[str, str] = {}
        """The activity in each room as devices report it, for example `following a recipe`."""
        self._state_ends: dict[str, int] = {}
        self._signal_ends: dict[tuple[str, str], int] = {}

    def pass_time(self, now: int) -> None:
        """End states, signals, timers and alarms whose time is over; `now` in milliseconds."""
        if self._state_ends:
            for device in [device for device, end in self._state_ends.items() if end <= now]:
                del self._state_ends[device]
                self.states[device] = _INITIAL_STATES[device.partition(".")[0]]
        if self._signal_ends:
            for kind, key in [signal for signal, end in self._signal_ends.items() if end <= now]:
                del self._signal_ends[kind, key]
                if kind == "activity":
                    self.activities.pop(key, None)
                else:
                    self.sensors[key] = _DEFAULT_SENSOR_VALUES.get(key, "off")
        if self.timers:
            self.timers = [timer for timer in self.timers if timer[0] + _RING_MS > now]
        if self.alarm_start is not None and self.alarm_start + _RING_MS <= now:
            self.alarm_start = None

    def set_state(self, device: str, state: str, now: int) -> None:
        """Set a device's state for an hour, if the home has the device."""
        if device in self.states:
            self.states[device] = state
            self._state_ends[device] = now + _EVENT_MS

    def set_sensor(self, sensor: str, value: str | int, now: int) -> None:
        """Set a sensor's value for an hour."""
        self.sensors[sensor] = value
        self._signal_ends["sensor", sensor] = now + _EVENT_MS

    def set_activity(self, area: str, activity: str, now: int) -> None:
        """Set the activity of a room for an hour."""
        self.activities[area] = activity
        self._signal_ends["activity", area] = now + _EVENT_MS

    def has_ringing_timer(self, now: int) -> bool:
        """Return whether a timer rings."""
        return any(end <= now for end, _ in self.timers)

    def apply(self, deed: Deed, area: str, now: int) -> None:
        """Apply a deed.

        Args:
            deed: the deed.
            area: the room of the request, in which media plays.
            now: time, in milliseconds.
        """
        verb = deed.verb
        new_state = _STATE_AFTER.get(verb)
        if new_state is not None:
            for target in deed.targets:
                self.states[target] = new_state
                if verb in {"turn off", "dock"}:
                    self._state_ends.pop(target, None)
            if verb == "brew":
                self._state_ends[deed.targets[0]] = now + _BREW_MS
            elif verb == "vacuum":
                self._state_ends[deed.targets[0]] = now + _CLEAN_MS
            elif verb == "turn off":
                self._silence_players(deed.targets)
        elif verb in {"heat", "oven"}:
            for target in deed.targets:
                self.states[target] = deed.value
            if verb == "oven":
                self._state_ends["oven.oven"] = now + _OVEN_MS
        else:
            self._apply_other(deed, area, now)

    def _silence_players(self, targets: tuple[str, ...]) -> None:
        for target in targets:
            device = self.home.device(target) if target.startswith("media_player.") else None
            if device is not None:
                self.current_items.pop(device.area, None)

    def _apply_other(self, deed: Deed, area: str, now: int) -> None:  # noqa: C901  (one line a verb)
        verb = deed.verb
        if verb == "play":
            self.current_items[area] = deed.targets[0]
            self.paused_rooms.discard(area)
            if deed.targets[0].startswith(("film.", "series.")):
                self.set_activity(area, "watching", now)
        elif verb == "pause":
            self.paused_rooms.update(deed.targets)
        elif verb == "resume":
            self.paused_rooms.difference_update(deed.targets)
        elif verb == "start timer":
            seconds, _, name = deed.value.partition(" ")
            self.timers.append((now + 1000 * int(seconds), name))
        elif verb == "cancel timer":
            self.timers.clear()
        elif verb == "silence timer":
            self.timers = [timer for timer in self.timers if timer[0] > now]
        elif verb == "set alarm":
            self.alarms = [*self.alarms[-3:], deed.value]
        elif verb == "cancel alarm":
            self.alarms.clear()
        elif verb == "silence alarm":
            self.alarm_start = None
        elif verb == "add":
            self.items[deed.targets[0]] = [*self.items[deed.targets[0]][-9:], deed.value]
        elif verb == "remove":
            remaining_items = [item for item in self.items[deed.targets[0]] if item != deed.value]
            self.items[deed.targets[0]] = remaining_items
