"""The running system. PROVABLE_URL says where it stands; nothing here starts or stops it."""

import os

import pytest
from pep import Caller, send


def pytest_configure(config):
    if not os.environ.get("PROVABLE_URL"):
        pytest.exit("PROVABLE_URL is not set: these tests drive a running system", returncode=2)


@pytest.fixture(scope="session")
def base_url():
    return os.environ["PROVABLE_URL"].rstrip("/")


@pytest.fixture(scope="session")
def caller(base_url):
    """Signs each caller in once."""
    known = {}

    def sign_in(email, tenant="acme"):
        if (email, tenant) not in known:
            known[email, tenant] = Caller(base_url, email, tenant)
        return known[email, tenant]

    return sign_in


@pytest.fixture(scope="session")
def pep(caller):
    """Asks for others: an administrator of acme."""
    return caller("dana@acme.example")


@pytest.fixture(scope="session")
def document(base_url):
    answer = send(base_url, "GET", "/openapi.json")
    assert answer.status == 200
    return answer.json
