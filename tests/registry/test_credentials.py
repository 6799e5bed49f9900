from registry.credentials import digest_of, new_secret


def test_secrets_are_long_and_fit_anywhere() -> None:
    """256 bits each, in characters that need no quoting."""
    secrets = {new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {43}
    assert all(s.replace("-", "").replace("_", "").isalnum() for s in secrets)


def test_a_digest_is_the_sha_256() -> None:
    """What is kept of a secret does not tell it."""
    assert digest_of("abc").startswith("ba7816bf8f01cfea")
