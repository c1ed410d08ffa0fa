"""The declaration of a page: what it shows, from which its HTML and its JSON are made, and what can be done on it."""

from collections.abc import Callable, Hashable, Mapping
from datetime import tzinfo
from typing import Any
from urllib.parse import urlencode

import msgspec

from sayagain.learner import Learner
from sayagain.releases.release import list_releases
from sayagain.store import Scope
from sayagain.turns import Turn
from sayagain.web.console.snapshots import Snapshots
from sayagain.web.console.visitor import ConsoleSession, Signer, Visitor
from sayagain.web.problem import Refusal
from sayagain.web.speakers import Speakers

__all__ = ["LATEST", "Action", "Done", "Page", "Paged", "Visit", "number_of", "paged"]

LATEST = 5_000
"""Turns that a page looks back on, so that no page reads a whole log; each page says how far that is."""

PAGE_SIZE = 25
"""Entries of a list on one page."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """Where an action leads, and what is said there."""

    page: str
    """Name of the page."""
    query: dict[str, str] = {}
    """Its parameters."""
    notice: str
    """Key of the notice among the texts."""
    undo: dict[str, str] | None = None
    """Fields of the form that undoes the action; None where nothing can."""

    def location(self, signer: Signer, session: ConsoleSession) -> str:
        """Return the address, relative to any page of the console; only the session that acted can undo from it."""
        undo = {} if self.undo is None else {"undo": signer.sign(f"undo {session.nonce}", self.undo)}
        return f"{self.page}?{urlencode({**self.query, 'notice': self.notice, **undo})}"


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of a page."""

    learner: Learner
    """The learner."""
    speakers: Speakers
    """Check of the users that a visitor may speak for."""
    visitor: Visitor
    """Who visits."""
    snapshots: Snapshots
    """What takes long to compute."""
    zone: tzinfo | None
    """Time zone of the home; None for that of this machine."""
    query: Mapping[str, str] = {}
    """Parameters of the page, or fields of the form."""

    def get(self, name: str) -> str | None:
        """Return a parameter; None where it is missing or empty."""
        return self.query.get(name, "").strip() or None

    def need(self, name: str) -> str:
        """Return a parameter.

        Raises:
            Refusal: 422 where it is missing.
        """
        value = self.get(name)
        if value is None:
            raise Refusal(422, f"{name} is missing")
        return value

    @property
    def version(self) -> object:
        """What changes once turns come in, a release is made or put into use, or a rewrite is withdrawn."""
        store = self.learner.store
        return (store.span(), store.change_counter(), tuple(list_releases(self.learner.releases)))

    @property
    def audience(self) -> Hashable:
        """Whose turns the visitor sees: visitors of one audience share snapshots."""
        token = self.visitor.token
        return None if self.visitor.sees_all or token is None else (token.home, token.users)

    def latest_turns(self, most: int = LATEST) -> list[Turn]:
        """Return the latest turns that the visitor may see, oldest first."""

        def read() -> list[Turn]:
            users = self.visitor.users
            store = self.learner.store
            if not users:
                return [turn for turn in store.turns(latest=most) if self.visitor.owns(turn)]
            turns = [turn for user in users for turn in store.turns(latest=most, user_id=user)]
            turns.sort(key=lambda turn: (turn.started, turn.turn_id))
            return [turn for turn in turns if self.visitor.owns(turn)][-most:]

        return self.snapshots.get(("turns", most, self.audience), self.version, read)

    def own_turn(self, turn_id: str) -> Turn:
        """Return a turn.

        Raises:
            Refusal: 404 where there is none, or none that the visitor may see.
        """
        turn = self.learner.store.turn(turn_id)
        if turn is None or not self.visitor.owns(turn):
            raise Refusal(404, f"there is no turn {turn_id!r}")
        return turn


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be done on a page."""

    name: str
    """Value of the field `action` of its form."""
    scope: Scope
    """Scope that it needs."""
    run: Callable[[Visit], Done]
    """Does it; blocks."""
    drops: tuple[str, ...] = ()
    """Names of the snapshots that are out of date at once."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the console."""

    name: str
    """Last part of its path, name of its template, and section of its texts."""
    scope: Scope | None
    """Scope that it needs; None where every visitor sees it, limited to what the visitor may see."""
    load: Callable[[Visit], Any]
    """Returns what it shows, a record that its JSON holds; blocks."""
    actions: tuple[Action, ...] = ()
    """What can be done on it."""
    in_menu: bool = True
    """Whether the menu names it."""
    has_html: bool = True
    """False for a page that is JSON to download alone."""


class Paged(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list."""

    entries: list[Any]
    """The entries."""
    total: int
    """Entries of the whole list."""
    page: int
    """Number of this page, from 1."""
    pages: int
    """Number of pages, at least 1."""


def paged(entries: list[Any], visit: Visit) -> Paged:
    """Return the page of a list that a visit asks for by `page`."""
    pages = max(1, -(-len(entries) // PAGE_SIZE))
    page = min(number_of(visit, "page", 1), pages)
    start = (page - 1) * PAGE_SIZE
    return Paged(entries=entries[start : start + PAGE_SIZE], total=len(entries), page=page, pages=pages)


def number_of(visit: Visit, name: str, default: int) -> int:
    """Return a parameter that is a number from 1 on; what is no such number counts as missing."""
    text = visit.get(name) or ""
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 7 and int(text) else default
