"""Commands for the access tokens of the service: create, list, revoke."""

import time
from typing import TYPE_CHECKING, Annotated, get_args

from cyclopts import Parameter
from rich.text import Text

from sayagain.cli.options import COMMON, CommonOptions, open_learner, text
from sayagain.cli.output import iso, plain_text, table
from sayagain.errors import InputError

if TYPE_CHECKING:
    from sayagain.store import Token

__all__ = ["token_create", "token_list", "token_revoke"]

_DAY = 86_400_000

_SPEAKING = frozenset({"rewrite", "observe", "teach"})
"""Scopes of what is asked or told in a user's name."""


def token_create(
    name: str,
    /,
    *,
    scope: tuple[str, ...],
    home: Annotated[str | None, Parameter(show_default=False)] = None,
    user: Annotated[tuple[str, ...], Parameter(show_default=False)] = (),
    any_user: Annotated[bool, Parameter(negative="")] = False,
    expires: Annotated[int | None, Parameter(show_default=False)] = None,
    common: CommonOptions = COMMON,
) -> None:
    """Create a token and print its secret once; only a digest of the secret is stored.

    A token with the scope `rewrite`, `observe` or `teach` speaks for users: say which. All users of a home count as one
    user where others are taught.

    Args:
        name: Name of the token.
        scope: Scope of the token: `rewrite`, `observe`, `teach`, `read` or `admin`; may be given several times.
        home: Home that the token speaks for: for users that nobody else sent before, and for those that `--user` names.
        user: User that the token speaks for; may be given several times. Without `--home` it speaks for these alone,
            and the first of them names their home.
        any_user: Whether the token speaks for any user of any home: for a back end that you trust with all of them.
        expires: Lifetime in days; without it, the token never expires.
        common: Options of every command.
    """
    # Imported late, as in `open_learner`.
    from sayagain.store import Scope, Token, new_secret, token_digest  # noqa: PLC0415  (see above)

    token_name = text(name, "NAME")
    known = get_args(Scope)
    for word in scope:
        if word not in known:
            raise InputError(f"--scope is {word!r}; expected one of {', '.join(known)}")
    if expires is not None and not 1 <= expires <= 36_500:
        raise InputError(f"--expires is {expires}; expected a number of days from 1 to 36500")
    users = tuple(dict.fromkeys(text(name, "--user") for name in user))
    home_name = text(home, "--home") if home is not None else None
    _check_binding(scope, home_name, users, any_user=any_user)
    secret, now = new_secret(), time.time_ns() // 1_000_000
    token = Token(
        name=token_name,
        digest=token_digest(secret),
        scopes=tuple(word for word in known if word in scope),
        created=now,
        expires=None if expires is None else now + expires * _DAY,
        home=home_name or next(iter(users), None),
        users=users if home_name is None else (),
    )
    out = common.output
    with open_learner(common, make=True) as learner:
        for user_id in users:
            owner = learner.store.claim_user(user_id, token.home or "", known=True)
            if owner != token.home:
                raise InputError(f"--user is {user_id!r}, who belongs to the home {owner!r}; add --home with that name")
        learner.store.add_token(token)
    if out.as_json:
        record = {"name": token_name, "secret": secret, "scopes": token.scopes, "expires": token.expires}
        out.result(record | {"home": token.home, "users": token.users}, ())
        return
    # Printed alone and unchanged, so that a shell can keep it in a variable.
    out.document(secret.encode())
    end = "never expires" if token.expires is None else f"expires {iso(token.expires)}"
    scopes = ", ".join(token.scopes)
    speaks = f", speaks for {_speakers(token)}" if _SPEAKING & set(scope) else ""
    out.remark(plain_text(f"token {token_name} allows {scopes}{speaks} and {end}; its secret is not shown again"))


def token_list(*, common: CommonOptions = COMMON) -> None:
    """List all tokens, including revoked and expired ones."""
    out = common.output
    now = time.time_ns() // 1_000_000
    with open_learner(common) as learner:
        tokens = learner.store.tokens()
    records = [
        {
            "name": token.name,
            "scopes": token.scopes,
            "home": token.home,
            "users": token.users,
            "created": token.created,
            "expires": token.expires,
            "revoked": token.revoked,
            "stands": token.stands(now),
        }
        for token in tokens
    ]
    rows = (
        [
            Text(plain_text(token.name)),
            Text(", ".join(token.scopes)),
            Text(plain_text(_speakers(token) if _SPEAKING & set(token.scopes) else "")),
            iso(token.created),
            iso(token.expires),
            "valid" if token.stands(now) else "expired" if token.revoked is None else "revoked",
        ]
        for token in tokens
    )
    unbound = [
        token.name for token in tokens if token.home is None and _SPEAKING & set(token.scopes) and token.stands(now)
    ]
    if unbound and not out.as_json:
        names = plain_text(", ".join(unbound))
        out.remark(f"whoever holds {names} may speak for any user; create a token with --home or --user for each home")
    if tokens or out.as_json:
        out.result(records, table("token", "scopes", "speaks for", "created", "expires", "state", rows=rows))
    else:
        out.remark("there is no token; run: sayagain token create NAME --scope rewrite --scope observe --home HOME")


def token_revoke(name: str, /, *, common: CommonOptions = COMMON) -> None:
    """Revoke a token, at once and for good.

    Args:
        name: Name of the token.
        common: Options of every command.
    """
    token_name = text(name, "NAME")
    with open_learner(common) as learner:
        learner.store.revoke_token(token_name, time.time_ns() // 1_000_000)
    common.output.result({"name": token_name, "revoked": True}, [plain_text(f"token {token_name} is revoked")])


def _check_binding(scopes: tuple[str, ...], home: str | None, users: tuple[str, ...], *, any_user: bool) -> None:
    """Check that it is said for whom a token speaks.

    Raises:
        InputError: nothing is said, or two things are.
    """
    if any_user and (home is not None or users):
        raise InputError("--any-user is given with --home or --user; expected one or the other")
    if _SPEAKING & set(scopes) and not any_user and home is None and not users:
        raise InputError(
            "--home, --user or --any-user is missing: a token with the scope rewrite, observe or teach speaks for users"
        )


def _speakers(token: "Token") -> str:
    """Say for whom a token speaks."""
    if token.home is None:
        return "any user"
    return ", ".join(token.users) or f"home {token.home}"
