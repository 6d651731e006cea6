"""Client of the schema registry (Confluent's API): register a schema, look one up by id."""

import json
from typing import Any

import httpx
from fastavro import parse_schema

from sports_platform.core.errors import SchemaError, ServiceDownError
from sports_platform.streams.avro import AvroSchema

_INCOMPATIBLE, _UNKNOWN = 409, 404
_TIMEOUT_SECONDS = 10.0


class RegistryClient:
    """One registry. Schemas never change once they have an id, so look-ups are cached."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._schemas: dict[int, AvroSchema] = {}

    def enforce_backward(self) -> None:
        """Make BACKWARD the rule for every subject: readers of a new schema can read older records."""
        self._call("PUT", "/config", {"compatibility": "BACKWARD"})

    def register(self, subject: str, schema: AvroSchema) -> int:
        """Id of the schema, registered now or before; raises SchemaError if it breaks compatibility."""
        text = json.dumps(schema)
        response = self._call("POST", f"/subjects/{subject}/versions", {"schema": text, "schemaType": "AVRO"})
        if response.status_code == _INCOMPATIBLE:
            raise SchemaError(
                found=f"a schema for {subject} that cannot read its older records: {_message(response)}",
                needed="a BACKWARD compatible change: new columns nullable, no column with another type",
                remedy="raise the table's version, which gives it a topic of its own",
            )
        return int(response.json()["id"])

    def schema(self, schema_id: int) -> AvroSchema:
        """The parsed schema of an id; raises SchemaError for one the registry does not know."""
        if schema_id not in self._schemas:
            response = self._call("GET", f"/schemas/ids/{schema_id}")
            if response.status_code == _UNKNOWN:
                raise SchemaError(
                    found=f"schema id {schema_id}, unknown to the registry at {self._url}",
                    needed="the registry in which the record's writer registered its schema",
                    remedy="restore that registry, or publish the records again",
                )
            parsed: Any = parse_schema(json.loads(response.json()["schema"]))
            self._schemas[schema_id] = parsed
        return self._schemas[schema_id]

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> httpx.Response:
        try:
            response = httpx.request(method, self._url + path, json=body, timeout=_TIMEOUT_SECONDS)
            if response.status_code not in (_INCOMPATIBLE, _UNKNOWN):
                response.raise_for_status()
        except httpx.HTTPError as error:
            raise ServiceDownError(
                found=f"schema registry at {self._url}: {error or type(error).__name__}",
                needed="a running schema registry",
                remedy="run `sports-platform services start` (or `make dev`)",
            ) from error
        return response


def _message(response: httpx.Response) -> str:
    return str(response.json().get("message", response.text))
