import json
import sqlite3
from pathlib import Path

from sayagain.store import open_store, token_digest


def test_a_token_shows_its_secret_once_and_keeps_only_a_digest(run):
    ran = run("token", "create", "kitchen", "--scope", "observe", "--scope", "rewrite", "--home", "flat")
    secret = ran.out.strip()
    assert ran.out == f"{secret}\n"
    assert ran.err == (
        "token kitchen allows rewrite, observe, speaks for home flat and never expires; its secret is not shown again\n"
    )
    with open_store("sayagain.db") as store:
        kept = store.token(token_digest(secret))
    assert (kept.name, kept.scopes, kept.expires) == ("kitchen", ("rewrite", "observe"), None)
    assert not any(secret.encode() in path.read_bytes() for path in Path().iterdir())
    assert secret not in run("token", "list").out + run("token", "list", "--json").out


def test_tokens_expire_and_are_revoked(run):
    made = run("token", "create", "phone", "--scope", "read", "--expires", "30", "--json").json
    assert set(made) == {"name", "secret", "scopes", "home", "users", "expires"}
    run("token", "create", "kitchen", "--scope", "admin")
    (kitchen, phone) = run("token", "list", "--json").json
    assert phone["expires"] - phone["created"] == 30 * 86_400_000 == made["expires"] - phone["created"]
    assert (kitchen["name"], kitchen["stands"], phone["stands"]) == ("kitchen", True, True)
    assert run("token", "revoke", "kitchen").out == "token kitchen is revoked\n"
    with sqlite3.connect("sayagain.db") as database:
        database.execute("UPDATE tokens SET expires = 5 WHERE name = 'phone'")
    database.close()
    shown = run("token", "list")
    assert "revoked" in shown.out
    assert "expired" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


def test_a_token_speaks_for_a_home_for_users_or_for_anybody(run):
    for name, options in (
        ("a", ["--home", "flat"]),
        ("b", ["--user", "ann", "--user", "bob"]),
        ("c", ["--any-user"]),
        ("d", ["--home", "flat", "--user", "cy"]),
        ("e", ["--user", "ann"]),
    ):
        assert run("token", "create", name, "--scope", "observe", *options).code == 0
    assert run("token", "create", "f", "--scope", "read").code == 0
    kept = [(token["home"], token["users"]) for token in run("token", "list", "--json").json]
    assert kept == [("flat", []), ("ann", ["ann", "bob"]), (None, []), ("flat", []), ("ann", ["ann"]), (None, [])]
    # Cy was put into the home, so tokens of the home speak for Cy from now on.
    with open_store("sayagain.db") as store:
        assert [store.claim_user(user, "other") for user in ("ann", "bob", "cy")] == ["ann", "ann", "flat"]
    shown = run("token", "list")
    assert shown.err.startswith("whoever holds c may speak for any user; create a token with --home or --user")
    refused = run("token", "create", "g", "--scope", "observe", "--user", "bob")
    assert refused.err == ("sayagain: --user is 'bob', who belongs to the home 'ann'; add --home with that name\n")
    assert run("token", "create", "g", "--scope", "observe", "--home", "ann", "--user", "bob").code == 0


def test_what_is_wrong_with_a_token_is_told(run):
    for arguments, sentence in (
        (["token", "create", "a", "--scope", "all"], "--scope is 'all'; expected one of rewrite, observe, teach, read"),
        (["token", "create", "a"], "--scope is missing"),
        (["token", "create", "a", "--scope", "read", "--expires", "0"], "--expires is 0; expected a number of days"),
        (["token", "create", "", "--scope", "read"], "NAME is empty"),
        (["token", "create", "a", "--scope", "observe"], "--home, --user or --any-user is missing: a token with"),
        (
            ["token", "create", "a", "--scope", "observe", "--any-user", "--home", "h"],
            "--any-user is given with --home",
        ),
        (["token", "create", "a", "--scope", "observe", "--user", ""], "--user is empty"),
    ):
        ran = run(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"sayagain: {sentence}")
    run("token", "create", "a", "--scope", "read")
    again = run("token", "create", "a", "--scope", "read")
    assert again.err == "sayagain: there is a token named 'a' already; choose another name\n"
    assert run("token", "revoke", "b").err == "sayagain: there is no token named 'b'\n"


def test_without_tokens_the_list_says_how_to_make_one(run, log):
    run("ingest", log)
    ran = run("token", "list")
    assert (ran.code, ran.out) == (0, "")
    assert "run: sayagain token create" in ran.err
    assert json.loads(run("token", "list", "--json").out) == []
