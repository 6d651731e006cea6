"""The real registry: schemas get ids, may evolve backwards, and may not break."""

import dataclasses

import httpx
import pytest

from sports_platform.core.errors import SchemaError, ServiceDownError
from sports_platform.core.settings import Endpoints
from sports_platform.core.tables import Column, TableSpec
from sports_platform.streams.avro import decode, encode, record_schema
from sports_platform.streams.registry import RegistryClient
from sports_platform_tests.conftest import RenamedNfl
from sports_platform_tests.streams.test_avro import COMMON, SPEC


@pytest.fixture
def registry(services: Endpoints) -> RegistryClient:
    client = RegistryClient(services.registry)
    client.enforce_backward()
    return client


def with_column(column: Column) -> TableSpec:
    return dataclasses.replace(SPEC, columns=(*SPEC.columns, column))


def test_the_same_schema_keeps_its_id(registry: RegistryClient, domain: RenamedNfl) -> None:
    schema, subject = record_schema(SPEC, domain.name), f"{domain.name}.things-value"
    assert registry.register(subject, schema) == registry.register(subject, schema)


def test_records_of_both_versions_are_read_by_their_own_schema(registry: RegistryClient, domain: RenamedNfl) -> None:
    subject = f"{domain.name}.things-value"
    old = record_schema(SPEC, domain.name)
    new = record_schema(with_column(Column("note", "string", "a new column")), domain.name)
    old_id, new_id = registry.register(subject, old), registry.register(subject, new)
    assert old_id != new_id
    record = {"id": "a", "count": 3, **COMMON}
    values = [encode(old_id, old, record), encode(new_id, new, record | {"note": "hello"})]
    first, second = (decode(value, registry.schema) for value in values)
    assert (first[0], "note" in first[1]) == (old_id, False)
    assert (second[0], second[1]["note"]) == (new_id, "hello")


@pytest.mark.parametrize(
    "changed",
    [
        with_column(Column("note", "string", "required but new")),
        dataclasses.replace(
            SPEC, columns=(SPEC.columns[0], Column("count", "string", "another type"), *SPEC.columns[2:])
        ),
    ],
    ids=["new required column", "changed type"],
)
def test_a_breaking_schema_is_refused(registry: RegistryClient, domain: RenamedNfl, changed: TableSpec) -> None:
    subject = f"{domain.name}.things-value"
    registry.register(subject, record_schema(SPEC, domain.name))
    breaking = dataclasses.replace(changed, key=("id", changed.columns[-1].name))
    with pytest.raises(SchemaError, match="raise the table's version"):
        registry.register(subject, record_schema(breaking, domain.name))


def test_an_unknown_id_is_a_schema_error(registry: RegistryClient) -> None:
    with pytest.raises(SchemaError, match="987654"):
        registry.schema(987654)


def test_a_schema_is_fetched_once(
    registry: RegistryClient, domain: RenamedNfl, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema_id = registry.register(f"{domain.name}.things-value", record_schema(SPEC, domain.name))
    registry.schema(schema_id)
    monkeypatch.setattr(httpx, "request", lambda *_, **__: pytest.fail("asked the registry again"))
    assert registry.schema(schema_id)["name"].endswith("things")


def test_a_registry_that_is_down_is_named() -> None:
    with pytest.raises(ServiceDownError, match=r"127\.0\.0\.1:1/.*\n.*\n.*services start"):
        RegistryClient("http://127.0.0.1:1/apis/ccompat/v7").schema(1)
