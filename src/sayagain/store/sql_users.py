"""Lessons, teaching exchanges, tokens and the deletion of a user, in SQL."""

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from sayagain.errors import InputError
from sayagain.store.database import Database
from sayagain.store.store import Erasure, Forgotten
from sayagain.store.token import Scope, Token
from sayagain.store.user_code import KEY_BYTES, user_code
from sayagain.teaching import Exchange, LessonOwner, Preference, Taught, lesson_of_owner, taught_key

__all__ = ["UserTables"]

_TOKENS = "SELECT name, digest, scopes, created, expires, home, users, revoked FROM tokens"
_HOME = "SELECT home FROM user_homes WHERE user_id = ?"
_IS_KNOWN = "SELECT 1 FROM turns WHERE user_id = ? UNION SELECT 1 FROM lessons WHERE user_id = ?"
_TAUGHT = "SELECT scope, owner, phrase_key, phrase, means, at, user_id, is_name, details FROM lessons WHERE "
_OWNED = "(scope = ? AND owner = ?)"
_ABOUT = "(phrase_key = ? OR (phrase_key > ? AND phrase_key < ?))"
"""One phrase, alone or with a tab and a language behind it (`Taught.stored_key`)."""
_OF_TURNS = ("turns", "judgements", "feedback", "rewrite_outcomes")
"""The tables that hold something of turns."""
_PERSONAL = (*_OF_TURNS, "lessons", "exchanges", "user_homes", "erasures")
"""The tables that hold something of users."""
_scopes = msgspec.json.Decoder(tuple[Scope, ...]).decode
_users = msgspec.json.Decoder(tuple[str, ...]).decode
_exchange = msgspec.json.Decoder(Exchange).decode


class LessonDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is stored of a lesson as JSON."""

    steps: tuple[str, ...] = ()
    """As in `Taught`."""
    source: tuple[str, ...] = ()
    """As in `Taught`."""
    preference: Preference | None = None
    """As in `Taught`."""


_details = msgspec.json.Decoder(LessonDetails).decode


class UserTables(Database):
    """The part of a store that keeps lessons and tokens, and deletes users."""

    def teach(self, taught: Taught) -> bool:
        """Store a lesson in place of an older one about the same phrase."""
        details = msgspec.json.encode(
            LessonDetails(steps=taught.steps, source=taught.source, preference=taught.preference)
        )
        with self._writing() as transaction:
            new = transaction.do(
                "INSERT INTO lessons (scope, owner, phrase_key, phrase, means, at, user_id, is_name, details)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (scope, owner, phrase_key) DO UPDATE SET phrase = excluded.phrase,"
                " means = excluded.means, at = excluded.at, user_id = excluded.user_id, is_name = excluded.is_name,"
                " details = excluded.details"
                " WHERE excluded.at >= lessons.at",
                *taught.owner,
                taught.stored_key,
                taught.phrase,
                taught.means,
                taught.at,
                taught.user_id,
                int(taught.is_name),
                details,
            )
        return bool(new)

    def taught(self, owners: Sequence[LessonOwner], phrase: str | None = None, *, names: bool = False) -> list[Taught]:
        """Return the lessons of some owners in order of phrases, or only those about one phrase, and names."""
        if not owners:
            return []
        condition = f"({' OR '.join([_OWNED] * len(owners))})"
        values = [part for owner in owners for part in owner]
        if phrase is not None:
            condition = f"{condition} AND {f'({_ABOUT} OR is_name = 1)' if names else _ABOUT}"
            values += _about(phrase)
        rows = self._read(f"{_TAUGHT}{condition} ORDER BY phrase_key, scope, owner", *values)
        return [self._lesson(row) for row in rows]

    def forget_taught(self, owner: LessonOwner, phrase: str) -> bool:
        """Delete what was taught about one phrase, in any language."""
        with self._writing() as transaction:
            gone = transaction.do(f"DELETE FROM lessons WHERE {_OWNED} AND {_ABOUT}", *owner, *_about(phrase))  # noqa: S608  (fixed text)
        self._wipe("lessons")
        return bool(gone)

    def forget_lesson(self, lesson: Taught) -> bool:
        """Delete one lesson."""
        with self._writing() as transaction:
            gone = transaction.do(
                f"DELETE FROM lessons WHERE {_OWNED} AND phrase_key = ?",  # noqa: S608  (fixed text)
                *lesson.owner,
                lesson.stored_key,
            )
        self._wipe("lessons")
        return bool(gone)

    def open_exchange(self, exchange: Exchange) -> None:
        """Store a teaching exchange in place of an earlier one at the same place, and drop those that are over."""
        with self._writing() as transaction:
            transaction.do("DELETE FROM exchanges WHERE expires < ?", exchange.opened)
            transaction.do(
                "INSERT INTO exchanges (place, user_id, expires, record) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (place) DO UPDATE SET user_id = excluded.user_id, expires = excluded.expires,"
                " record = excluded.record",
                exchange.place,
                exchange.user_id,
                exchange.expires,
                msgspec.json.encode(exchange),
            )

    def take_exchange(self, place: str) -> Exchange | None:
        """Remove and return the teaching exchange at a place."""
        if not self._read("SELECT 1 FROM exchanges WHERE place = ?", place):
            return None
        with self._writing() as transaction:
            rows = transaction.ask("SELECT record FROM exchanges WHERE place = ?", place)
            # Of two processes that answer at once, one takes it.
            taken = transaction.do("DELETE FROM exchanges WHERE place = ?", place)
        if not rows or not taken:
            return None
        try:
            return _exchange(bytes(rows[0][0]))
        except ValueError as error:
            raise self._damaged(f"the exchange at {place!r}", error) from None

    def forget_user(self, user_id: str) -> Forgotten:
        """Delete a user's turns, what learning made of them, the feedback on them, and what the user taught."""
        code = user_code(user_id, self.user_key())
        with self._writing() as transaction:
            transaction.do("UPDATE changes SET erasures = erasures + 1")
            transaction.do(
                "INSERT INTO erasures (user_code, since) SELECT ?, min(started) FROM turns WHERE user_id = ?"
                " ON CONFLICT (user_code) DO UPDATE SET since = coalesce(erasures.since, excluded.since)",
                code,
                user_id,
            )
            beside = transaction.do(
                "DELETE FROM judgements WHERE turn_id IN (SELECT turn_id FROM turns"
                " WHERE (user_id IS NULL OR user_id <> ?)"
                " AND session_id IN (SELECT session_id FROM turns WHERE user_id = ?))",
                user_id,
                user_id,
            )
            # By id, so that a turn stored meanwhile stays whole.
            theirs = transaction.ask("SELECT turn_id FROM turns WHERE user_id = ? ORDER BY turn_id", user_id)
            turns, judgements, feedback, _ = (
                transaction.do_each(f"DELETE FROM {table} WHERE turn_id = ?", theirs)  # noqa: S608  (fixed names)
                for table in _OF_TURNS
            )
            taught = transaction.do("DELETE FROM lessons WHERE user_id = ?", user_id)
            transaction.do("DELETE FROM exchanges WHERE user_id = ?", user_id)
            transaction.do("DELETE FROM user_homes WHERE user_id = ?", user_id)
        self._wipe(*_PERSONAL)
        return Forgotten(turns=turns, judgements=judgements + beside, feedback=feedback, taught=taught)

    def expire(self, before: int) -> int:
        """Delete turns that started before a time, and all that hangs on them."""
        with self._writing() as transaction:
            old = transaction.ask("SELECT turn_id FROM turns WHERE started < ? ORDER BY turn_id", before)
            for table in _OF_TURNS:
                transaction.do_each(f"DELETE FROM {table} WHERE turn_id = ?", old)  # noqa: S608  (fixed names)
            without_turn = "turn_id NOT IN (SELECT turn_id FROM turns)"
            late = transaction.do(f"DELETE FROM feedback WHERE at < ? AND {without_turn}", before)  # noqa: S608  (fixed text)
        if old or late:
            self._wipe(*_OF_TURNS)
        return len(old)

    def user_key(self) -> bytes:
        """Return the key under which users are named in releases."""
        rows = self._read("SELECT key FROM user_key")
        if not rows:
            with self._writing() as transaction:
                # Another process may be at it: the first key stays.
                new = secrets.token_bytes(KEY_BYTES)
                transaction.do("INSERT INTO user_key VALUES (1, ?) ON CONFLICT DO NOTHING", new)
            rows = self._read("SELECT key FROM user_key")
        return bytes(rows[0][0])

    def erasures(self) -> list[Erasure]:
        """Return who is still to be removed from the releases."""
        return [Erasure(*row) for row in self._read("SELECT user_code, since FROM erasures ORDER BY user_code")]

    def end_erasure(self, user_code: str) -> None:
        """Keep no longer that a user is to be removed from the releases."""
        with self._writing() as transaction:
            transaction.do("DELETE FROM erasures WHERE user_code = ?", user_code)
        self._wipe("erasures")

    def erasure_count(self) -> int:
        """Return how often users were forgotten."""
        return int(self._read("SELECT erasures FROM changes")[0][0])

    def claim_user(self, user_id: str, home: str, *, known: bool = False) -> str | None:
        """Return the home of a user; a user who is new gets this one."""
        rows = self._read(_HOME, user_id)
        if not rows:
            with self._writing() as transaction:
                if known or not transaction.ask(_IS_KNOWN, user_id, user_id):
                    # Another process may be at it: the first home stays.
                    transaction.do("INSERT INTO user_homes VALUES (?, ?) ON CONFLICT DO NOTHING", user_id, home)
            rows = self._read(_HOME, user_id)
        return str(rows[0][0]) if rows else None

    def add_token(self, token: Token) -> None:
        """Store a token."""
        with self._writing() as transaction:
            new = transaction.do(
                "INSERT INTO tokens (name, digest, scopes, created, expires, home, users, revoked)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                token.name,
                token.digest,
                msgspec.json.encode(token.scopes).decode(),
                token.created,
                token.expires,
                token.home,
                msgspec.json.encode(token.users).decode(),
                token.revoked,
            )
        if not new:
            raise InputError(f"there is a token named {token.name!r} already; choose another name")

    def tokens(self) -> list[Token]:
        """Return all tokens by name, including revoked and expired ones."""
        return [self._token(row) for row in self._read(f"{_TOKENS} ORDER BY name")]

    def token(self, digest: str) -> Token | None:
        """Return the token with this digest, valid or not; None without one."""
        rows = self._read(f"{_TOKENS} WHERE digest = ?", digest)
        return self._token(rows[0]) if rows else None

    def revoke_token(self, name: str, at: int) -> None:
        """Revoke a token."""
        with self._writing() as transaction:
            if transaction.do("UPDATE tokens SET revoked = coalesce(revoked, ?) WHERE name = ?", at, name):
                return
        raise InputError(f"there is no token named {name!r}")

    def _wipe(self, *tables: str) -> None:
        """Remove traces of rows that were deleted from some tables, if the database leaves any."""

    def _lesson(self, row: Any) -> Taught:  # noqa: ANN401  (a row of the database)
        scope, owner, key, phrase, means, at, user, is_name, details = row
        try:
            details = _details(bytes(details))
            return lesson_of_owner(
                LessonOwner(scope, owner),
                user_id=user,
                phrase=phrase,
                means=means,
                at=at,
                language=key.partition("\t")[2] or None,
                steps=details.steps,
                is_name=bool(is_name),
                source=details.source,
                preference=details.preference,
            )
        except ValueError as error:
            raise self._damaged(f"the lesson about {phrase!r}", error) from None

    def _token(self, row: Any) -> Token:  # noqa: ANN401  (a row of the database)
        name, digest, scopes, created, expires, home, users, revoked = row
        try:
            return Token(
                name=name,
                digest=digest,
                scopes=_scopes(scopes),
                created=created,
                expires=expires,
                home=home,
                users=_users(users),
                revoked=revoked,
            )
        except ValueError as error:
            raise self._damaged(f"token {name!r}", error) from None


def _about(phrase: str) -> tuple[str, str, str]:
    key = taught_key(phrase)
    # The character after the tab is the line feed, which no key holds.
    return key, f"{key}\t", f"{key}\n"
