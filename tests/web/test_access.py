import time

import pytest

from sayagain.web.access import TOKEN_CACHE_SECONDS
from sayagain.web.endpoints import ENDPOINTS

GUARDED = [each for each in ENDPOINTS if each.scope is not None]
SCOPES = ("rewrite", "observe", "teach", "read", "admin")


def ask(client, endpoint, **how):
    path = endpoint.path.replace("{turn_id}", "t").replace("{number}", "9")
    return client.request(endpoint.method, path, **how)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.mark.parametrize("endpoint", GUARDED, ids=lambda each: each.name)
def test_each_endpoint_opens_to_its_scope_alone(open_service, make_token, problem, endpoint):
    home = open_service()
    tokens = {scope: make_token(home.store, scope, name=scope) for scope in SCOPES}
    refused = problem(ask(home.client, endpoint), 401)
    assert "token" in refused["detail"]
    for scope, headers in tokens.items():
        answer = ask(home.client, endpoint, headers=headers)
        if scope == endpoint.scope:
            assert answer.status_code not in {401, 403}
        else:
            assert f"the scope {endpoint.scope}" in problem(answer, 403)["detail"]
            assert f'scope="{endpoint.scope}"' in answer.headers["www-authenticate"]


def test_health_needs_no_token(home, make_token):
    make_token(home.store, "read")
    assert {home.client.get(path).status_code for path in ("/healthz", "/readyz", "/openapi.json")} == {200}


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer wrong", "Bearer \xe9"])
def test_what_is_no_token_opens_nothing(home, make_token, problem, given):
    make_token(home.store, "read")
    answer = home.client.get("/v1/defects", headers={"Authorization": given.encode("latin-1")})
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_token_opens_nothing_within_moments_and_neither_does_an_expired_one(
    open_service, make_token, problem, clock
):
    home = open_service(clock=clock)
    standing = make_token(home.store, "read", name="a")
    expired = make_token(home.store, "read", name="b", expires=time.time_ns() // 1_000_000 - 1)
    assert home.client.get("/v1/defects", headers=standing).status_code == 200
    problem(home.client.get("/v1/defects", headers=expired), 401)
    home.store.revoke_token("a", 5)
    clock.now += TOKEN_CACHE_SECONDS
    problem(home.client.get("/v1/defects", headers=standing), 401)
    # None stands any more, and still nothing is open.
    problem(home.client.get("/v1/defects"), 401)


def test_the_first_token_closes_what_was_open_within_moments(open_service, make_token, problem, clock):
    home = open_service(clock=clock)
    assert home.client.get("/v1/defects").status_code == 200
    make_token(home.store, "read")
    clock.now += TOKEN_CACHE_SECONDS
    problem(home.client.get("/v1/defects"), 401)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:8787", "", "[::1"])
def test_without_a_token_a_name_from_elsewhere_is_refused(home, problem, host):
    problem(home.client.get("/v1/defects", headers={"Host": host}), 421)


@pytest.mark.parametrize("host", ["localhost", "localhost:8787", "127.0.0.1", "[::1]:8787", "LOCALHOST"])
def test_this_machine_s_names_are_served(home, host):
    assert home.client.get("/v1/defects", headers={"Host": host}).status_code == 200


def test_with_a_token_any_name_is_served(home, make_token):
    headers = make_token(home.store, "read")
    assert home.client.get("/v1/defects", headers={**headers, "Host": "say.example"}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_without_a_token_another_site_s_page_is_refused(home, problem, origin):
    problem(home.client.post("/v1/rollback", headers={"Origin": origin}), 403)
    answer = home.client.options("/v1/teach", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    problem(answer, 405)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_rate_is_counted_by_token(open_service, make_token, problem, clock):
    home = open_service(rate=1.0, clock=clock)
    first, second = (make_token(home.store, "read", name=name) for name in "ab")
    asked = [home.client.get("/v1/defects", headers=first) for _ in range(3)]
    assert [each.status_code for each in asked] == [200, 200, 429]
    problem(asked[2], 429)
    assert asked[2].headers["retry-after"] == "1"
    assert home.client.get("/v1/defects", headers=second).status_code == 200
    assert home.client.get("/healthz").status_code == 200
    clock.now += 1
    assert home.client.get("/v1/defects", headers=first).status_code == 200
