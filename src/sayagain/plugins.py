"""Plugins: parts that other packages add, such as a detector or a guardrail, without an edit of a list here.

A package announces a part as an entry point of a group, in its `pyproject.toml`; a program registers one by decorator:

    [project.entry-points."sayagain.detectors"]
    sigh = "my_package.sigh:sigh"

| group | what a part is | example |
|---|---|---|
| `sayagain.detectors` | `Session -> list[Signal]` | `sayagain.feedback.DETECTORS` |
| `sayagain.guardrails` | `(Case, Rules, Language) -> str or None` | `sayagain.guardrails.GUARDRAILS` |
| `sayagain.candidates` | `(Turn, history, Knowledge, Position) -> list[Candidate]` | `sayagain.rewriting.SOURCES` |
| `sayagain.assistants` | a class like `sayagain.assistants.Assistant` | `sayagain.assistants.register_assistant` |

Announced parts are imported at first use, sorted by name. One that cannot be imported, raises, or returns something
else is reported once, in one sentence, to the logger `sayagain.plugins`, and the rest goes on without it.
Source: https://packaging.python.org/specifications/entry-points, the specification of entry points.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

import msgspec

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["Registry", "announced_parts", "failure"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

_LOG = logging.getLogger("sayagain.plugins")


def announced_parts(group: str) -> dict[str, "EntryPoint"]:
    """Return the parts that installed packages announce in a group, by name, sorted; none is imported.

    Where two packages announce one name, the first on the path counts, as Python itself would import it.

    >>> announced_parts("sayagain.no_such_group")
    {}
    """
    from importlib.metadata import entry_points  # noqa: PLC0415  (it reads the path; only who looks for plugins waits)

    parts: dict[str, EntryPoint] = {}
    for point in entry_points(group=group):
        parts.setdefault(point.name, point)
    return dict(sorted(parts.items()))


def failure(group: str, name: str, error: Exception) -> str:
    """Return one sentence about a part that failed.

    >>> failure("sayagain.detectors", "sigh", ValueError("no breath"))
    'the plugin sigh of sayagain.detectors failed (ValueError: no breath)'
    """
    told = f"{type(error).__name__}: {error}".splitlines()[0].rstrip(": ")
    return f"the plugin {name} of {group} failed ({told})"


class Registry(Generic[_P, _R]):
    """Functions of one kind: the package's own, those that a program registers, those that packages announce.

    Args:
        group: of the entry points.
        own: the package's own functions; what they raise is raised.
        returns: the type that an added function must return.
        failed: makes a result of a failure's sentence; without it an added function that fails gives nothing.

    >>> counts = Registry("sayagain.example", [len], returns=int)
    >>> @counts.register
    ... def vowels(text):
    ...     return sum(letter in "aeiou" for letter in text)
    >>> list(counts.results("lamp"))
    [4, 1]
    """

    def __init__(
        self,
        group: str,
        own: Sequence[Callable[_P, _R]],
        *,
        returns: Any,  # noqa: ANN401  (unions such as `str | None` are no types to mypy)
        failed: Callable[[str], _R] | None = None,
    ) -> None:
        self.group = group
        self.own = tuple(own)
        self._returns = returns
        self._failed = failed
        self._added: dict[str, Callable[_P, _R]] = {}
        self._announced: dict[str, Callable[_P, _R]] | None = None
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def register(self, part: Callable[_P, _R], /) -> Callable[_P, _R]:
        """Add a function and return it, as a decorator does; one of the same name is replaced.

        What is registered counts from the next release learnt and opened; register before learning or serving.
        """
        self._added[_name(part)] = part
        return part

    def unregister(self, name: str) -> None:
        """Take a registered function out again, by its name; an announced one goes when its package is uninstalled."""
        self._added.pop(name, None)

    def names(self) -> list[str]:
        """Return the names of all functions, the package's own first."""
        return [*map(_name, self.own), *self._others()]

    def results(self, *args: _P.args, **kwargs: _P.kwargs) -> Iterator[_R]:
        """Yield what each function returns, the package's own first."""
        for part in self.own:
            yield part(*args, **kwargs)
        yield from self.added_results(*args, **kwargs)

    def added_results(self, *args: _P.args, **kwargs: _P.kwargs) -> Iterator[_R]:
        """Yield what each added function returns; one that fails is reported once."""
        for name, part in self._others().items():
            try:
                # What another package returns is checked: a wrong type would fail far from its cause.
                result: _R = msgspec.convert(part(*args, **kwargs), self._returns)
            except Exception as error:  # noqa: BLE001  (whatever another package raises, the rest goes on)
                sentence = failure(self.group, name, error)
                self._report(name, sentence)
                if self._failed is not None:
                    yield self._failed(sentence)
            else:
                yield result

    @property
    def added(self) -> bool:
        """Whether there is any function besides the package's own."""
        return bool(self._others())

    def _others(self) -> dict[str, Callable[_P, _R]]:
        if self._announced is None:
            with self._lock:
                if self._announced is None:
                    self._announced = {name: _imported(point) for name, point in announced_parts(self.group).items()}
        return {**self._announced, **self._added} if self._added else self._announced

    def _report(self, name: str, sentence: str) -> None:
        if name not in self._told:
            self._told.add(name)
            _LOG.warning("%s", sentence)


def _imported(point: "EntryPoint") -> Callable[..., Any]:
    """Import a part; one that cannot be imported fails whenever it is asked, so that a guardrail still refuses."""
    try:
        part = point.load()
    except Exception as error:  # noqa: BLE001  (a package may fail in any way as it is imported)
        cause = error

        def broken(*_: object, **__: object) -> object:
            raise cause

        return broken
    if not callable(part):

        def no_function(*_: object, **__: object) -> object:
            raise TypeError(f"{point.value} is no function")

        return no_function
    made: Callable[..., Any] = part
    return made


def _name(part: Callable[..., Any]) -> str:
    return str(getattr(part, "__name__", type(part).__name__))
