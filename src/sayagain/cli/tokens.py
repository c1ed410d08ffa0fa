"""Commands over the service's tokens: make one, list them, revoke one."""

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
    """Make a token and print its secret, this once: only a digest of it is kept.

    Args:
        name: What to call it.
        scope: What it opens: `rewrite`, `observe`, `teach`, `read` or `admin`; may be given several times.
        expires: After so many days; never when not given.
        common: What every command takes.
    """
    # Late, as in `open_learner`.
    from sayagain.store import Scope, Token, new_secret, token_digest  # noqa: PLC0415  (see above)

    called = text(name, "NAME")
    known = get_args(Scope)
    for each in scope:
        if each not in known:
            raise InputError(f"--scope is {each!r}; expected one of {', '.join(known)}")
    if expires is not None and not 1 <= expires <= 36_500:
        raise InputError(f"--expires is {expires}; expected a number of days from 1 to 36500")
    secret, now = new_secret(), time.time_ns() // 1_000_000
    token = Token(
        name=called,
        digest=token_digest(secret),
        scopes=tuple(each for each in known if each in scope),
        created=now,
        expires=None if expires is None else now + expires * _DAY,
    )
    out = common.output
    with open_learner(common, make=True) as learner:
        learner.store.add_token(token)
    if out.as_json:
        out.result({"name": called, "secret": secret, "scopes": token.scopes, "expires": token.expires}, ())
        return
    # To the letter and alone, so that a shell can keep it in a variable.
    out.document(secret.encode())
    until = "until it is revoked" if token.expires is None else f"until {iso(token.expires)}"
    out.remark(plain_text(f"token {called} opens {', '.join(token.scopes)} {until}; its secret is not shown again"))


def token_list(*, common: CommonOptions = COMMON) -> None:
    """List the tokens, those revoked or expired included."""
    out = common.output
    now = time.time_ns() // 1_000_000
    with open_learner(common) as learner:
        found = learner.store.tokens()
    records = [
        {
            "name": each.name,
            "scopes": each.scopes,
            "created": each.created,
            "expires": each.expires,
            "revoked": each.revoked,
            "stands": each.stands(now),
        }
        for each in found
    ]
    rows = (
        [
            Text(plain_text(each.name)),
            Text(", ".join(each.scopes)),
            iso(each.created),
            iso(each.expires),
            "stands" if each.stands(now) else "expired" if each.revoked is None else "revoked",
        ]
        for each in found
    )
    if found or out.as_json:
        out.result(records, table("token", "opens", "made", "expires", "", rows=rows))
    else:
        out.remark("there is no token; run: sayagain token create NAME --scope rewrite --scope observe")


def token_revoke(name: str, /, *, common: CommonOptions = COMMON) -> None:
    """Let a token open nothing from now on.

    Args:
        name: What it is called.
        common: What every command takes.
    """
    called = text(name, "NAME")
    with open_learner(common) as learner:
        learner.store.revoke_token(called, time.time_ns() // 1_000_000)
    common.output.result({"name": called, "revoked": True}, [plain_text(f"token {called} opens nothing any more")])
