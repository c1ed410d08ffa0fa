"""Commands for the access tokens of the service: create, list, revoke."""

import time
from typing import Annotated, get_args

from cyclopts import Parameter
from rich.text import Text

from sayagain.cli.options import COMMON, CommonOptions, open_learner, text
from sayagain.cli.output import iso, plain_text, table
from sayagain.errors import InputError

__all__ = ["token_create", "token_list", "token_revoke"]

_DAY = 86_400_000


def token_create(
    name: str,
    /,
    *,
    scope: tuple[str, ...],
    expires: Annotated[int | None, Parameter(show_default=False)] = None,
    common: CommonOptions = COMMON,
) -> None:
    """Create a token and print its secret once; only a digest of the secret is stored.

    Args:
        name: Name of the token.
        scope: Scope of the token: `rewrite`, `observe`, `teach`, `read` or `admin`; may be given several times.
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
    secret, now = new_secret(), time.time_ns() // 1_000_000
    token = Token(
        name=token_name,
        digest=token_digest(secret),
        scopes=tuple(word for word in known if word in scope),
        created=now,
        expires=None if expires is None else now + expires * _DAY,
    )
    out = common.output
    with open_learner(common, make=True) as learner:
        learner.store.add_token(token)
    if out.as_json:
        out.result({"name": token_name, "secret": secret, "scopes": token.scopes, "expires": token.expires}, ())
        return
    # Printed alone and unchanged, so that a shell can keep it in a variable.
    out.document(secret.encode())
    end = "never expires" if token.expires is None else f"expires {iso(token.expires)}"
    scopes = ", ".join(token.scopes)
    out.remark(plain_text(f"token {token_name} allows {scopes} and {end}; its secret is not shown again"))


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
            iso(token.created),
            iso(token.expires),
            "valid" if token.stands(now) else "expired" if token.revoked is None else "revoked",
        ]
        for token in tokens
    )
    if tokens or out.as_json:
        out.result(records, table("token", "scopes", "created", "expires", "state", rows=rows))
    else:
        out.remark("there is no token; run: sayagain token create NAME --scope rewrite --scope observe")


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
