"""Tokens: secrets that cannot be guessed, of which only the digest is kept."""

import msgspec

from sayagain.store import Token, new_secret, token_digest


def test_secrets_differ_and_can_stand_in_a_header():
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(secret.isascii() and secret.isprintable() and " " not in secret for secret in secrets)
    assert min(map(len, secrets)) >= 43


def test_the_digest_is_sha_256_whatever_somebody_sends():
    assert token_digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert token_digest("\ud83d") != token_digest("\ud83e")


def test_a_token_stands_until_it_expires_or_is_revoked():
    token = Token(name="a", digest="d", scopes=("read",), created=1)
    assert token.stands(2**62)
    assert not msgspec.structs.replace(token, revoked=5).stands(4)
    assert [msgspec.structs.replace(token, expires=5).stands(at) for at in (4, 5, 6)] == [True, False, False]
