"""The API of the running system. PROVABLE_URL says where it stands; nothing here starts or stops it."""

import os

import pytest
from client import Person, send


def pytest_configure(config):
    if not os.environ.get("PROVABLE_URL"):
        pytest.exit("PROVABLE_URL is not set: these tests drive a running system", returncode=2)


@pytest.fixture(scope="session")
def base_url():
    return os.environ["PROVABLE_URL"].rstrip("/")


@pytest.fixture(scope="session")
def person(base_url):
    """Signs each person in once."""
    known = {}

    def sign_in(email, tenant):
        if (email, tenant) not in known:
            known[email, tenant] = Person(base_url, email, tenant)
        return known[email, tenant]

    return sign_in


@pytest.fixture(scope="session")
def document(base_url):
    answer = send(base_url, "GET", "/openapi.json")
    assert answer.status == 200
    return answer.json


@pytest.fixture(scope="session")
def operations(document):
    """(method, path, operation) of all of them."""
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
