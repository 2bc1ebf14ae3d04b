"""Client of Basset Hound Webhooks, with the names of the service that it replaces.

Code that was written for ``api.services.webhook_service`` changes one import::

    from basset_hound_webhooks import WebhookConfig, WebhookEvent, get_webhook_service

    service = get_webhook_service()
    webhook_id = await service.create_webhook(WebhookConfig(name="CRM", url="https://crm.example/hook", events=["entity.*"]))
    await service.send_event(WebhookEvent.ENTITY_CREATED, project_id="cold-case", data={"entity_id": "e-1"})

The service is found at ``BASSET_WEBHOOKS_URL`` (default ``http://127.0.0.1:8000``), the key in
``BASSET_WEBHOOKS_API_KEY``. ``SyncWebhookService`` has the same methods without ``await``.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
import uuid
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from enum import Enum
from typing import Any, NoReturn, Optional, TypeVar, Union
from urllib.parse import quote

import httpx

T = TypeVar("T")
Json = dict[str, Any]

#: A request that may be repeated is sent this often while the service is away; the pauses double from the first.
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0
#: What no repetition mends: the URL is none.
NO_SERVICE = (httpx.UnsupportedProtocol, httpx.InvalidURL)
#: Answers of a service that is away, and of a proxy in front of it.
AWAY = (502, 503, 504)


class WebhookEvent(str, Enum):
    """The events of Basset Hound."""

    ENTITY_CREATED = "entity.created"
    ENTITY_UPDATED = "entity.updated"
    ENTITY_DELETED = "entity.deleted"
    RELATIONSHIP_CREATED = "relationship.created"
    RELATIONSHIP_UPDATED = "relationship.updated"
    RELATIONSHIP_DELETED = "relationship.deleted"
    SEARCH_EXECUTED = "search.executed"
    SAVED_SEARCH_EXECUTED = "saved_search.executed"
    REPORT_GENERATED = "report.generated"
    REPORT_SCHEDULED = "report.scheduled"
    IMPORT_STARTED = "import.started"
    IMPORT_COMPLETED = "import.completed"
    IMPORT_FAILED = "import.failed"
    EXPORT_COMPLETED = "export.completed"
    PROJECT_CREATED = "project.created"
    PROJECT_DELETED = "project.deleted"
    ORPHAN_CREATED = "orphan.created"
    ORPHAN_LINKED = "orphan.linked"
    SYSTEM_HEALTH = "system.health"
    RATE_LIMIT_EXCEEDED = "rate_limit.exceeded"


#: Also patterns (``*``, ``entity.*``) and types that the service was taught.
EventName = Union[WebhookEvent, str]


class DeliveryStatus(str, Enum):
    PENDING = "pending"
    SENDING = "sending"
    SUCCESS = "success"
    FAILED = "failed"
    RETRYING = "retrying"


class WebhookServiceError(Exception):
    """The service refused a call, or could not be reached; ``status`` is None when there was no answer."""

    def __init__(self, message: str, status: Optional[int] = None, errors: Sequence[Json] = ()) -> None:
        super().__init__(message)
        self.status = status
        #: Of a 422: each bad field with what is wrong with it.
        self.errors = list(errors)


@dataclass
class RetryConfig:
    """When a delivery that failed is tried again; delays in seconds."""

    max_retries: int = 3
    initial_delay: float = 1.0
    max_delay: float = 60.0
    backoff_multiplier: float = 2.0


@dataclass
class WebhookConfig:
    """What is subscribed. With a ``retry_config`` that nobody changed the defaults of the service hold."""

    name: str
    url: str
    secret: Optional[str] = None
    events: list[EventName] = field(default_factory=list)
    active: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    retry_config: Optional[RetryConfig] = field(default_factory=RetryConfig)
    project_id: Optional[str] = None

    def __post_init__(self) -> None:
        if not self.name or not self.name.strip():
            raise ValueError("Webhook name is required")
        if not self.url or not self.url.strip():
            raise ValueError("Webhook URL is required")
        if not self.url.startswith(("http://", "https://")):
            raise ValueError("Webhook URL must start with http:// or https://")


@dataclass
class Webhook:
    """A webhook as the service keeps it: without its secret, and with header values shown as ``***``."""

    id: str
    config: WebhookConfig
    created_at: datetime
    updated_at: datetime
    last_triggered_at: Optional[datetime] = None
    delivery_count: int = 0
    success_count: int = 0
    failure_count: int = 0
    raw: Json = field(repr=False, default_factory=dict)

    def to_dict(self) -> Json:
        """As the service answered it; of one that was made by hand, what it holds."""
        return self.raw or {**_plain(asdict(self.config), "secret"), **_plain(asdict(self), "config", "raw")}


@dataclass
class WebhookDelivery:
    """One event for one webhook, and what became of it."""

    id: str
    webhook_id: str
    event: EventName
    payload: Optional[Json]
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    last_attempt_at: Optional[datetime] = None
    next_retry_at: Optional[datetime] = None
    response_code: Optional[int] = None
    response_body: Optional[str] = None
    error_message: Optional[str] = None
    created_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    raw: Json = field(repr=False, default_factory=dict)

    def to_dict(self) -> Json:
        """As the service answered it; of one that was made by hand, what it holds."""
        return self.raw or _plain(asdict(self), "raw")


def _plain(value: Any, *left_out: str) -> Any:
    """What JSON can hold: times as ISO 8601, members of enumerations as their values."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key not in left_out}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _time(text: Optional[str]) -> Optional[datetime]:
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _event(name: str) -> EventName:
    try:
        return WebhookEvent(name)
    except ValueError:
        return name


def _name(event: EventName) -> str:
    return event.value if isinstance(event, WebhookEvent) else event


def _object(answer: httpx.Response) -> Optional[Json]:
    """The JSON object of an answer; None = it is something else."""
    try:
        said = answer.json()
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _webhook(answer: Json) -> Webhook:
    config = WebhookConfig(
        name=answer["name"],
        url=answer["url"],
        events=[_event(name) for name in answer["events"]],
        active=answer["active"],
        headers=answer["headers"],
        retry_config=RetryConfig(**answer["retry_config"]),
        project_id=answer["project_id"],
    )
    return Webhook(
        id=answer["id"],
        config=config,
        created_at=_at(answer["created_at"]),
        updated_at=_at(answer["updated_at"]),
        last_triggered_at=_time(answer["last_triggered_at"]),
        delivery_count=answer["delivery_count"],
        success_count=answer["success_count"],
        failure_count=answer["failure_count"],
        raw=answer,
    )


def _delivery(answer: Json) -> WebhookDelivery:
    same = ("id", "webhook_id", "payload", "attempts", "response_code", "response_body", "error_message")
    return WebhookDelivery(
        event=_event(answer["event"]),
        status=DeliveryStatus(answer["status"]),
        last_attempt_at=_time(answer["last_attempt_at"]),
        next_retry_at=_time(answer["next_retry_at"]),
        created_at=_at(answer["created_at"]),
        raw=answer,
        **{name: answer[name] for name in same},
    )


def _settings(given: Mapping[str, Any]) -> Json:
    """Settings of a webhook as the API takes them."""
    body = dict(given)
    if "events" in body:
        body["events"] = [_name(event) for event in body["events"]]
    if isinstance(body.get("retry_config"), RetryConfig):
        body["retry_config"] = asdict(body["retry_config"])
    return body


@dataclass(frozen=True)
class _Call:
    """One request; ``may_repeat`` says whether sending it twice does what sending it once does."""

    method: str
    path: str
    body: Optional[Json] = None
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    may_repeat: bool = True
    #: Statuses that are an answer and no error.
    expected: tuple[int, ...] = ()


#: An operation asks for calls and gets their answers; who makes them decides whether to wait or to await.
Operation = Generator[_Call, httpx.Response, T]


def _path(*parts: str) -> str:
    return "".join(f"/{quote(part, safe='')}" for part in parts)


class _Operations:
    """What the calls are, for both kinds of services."""

    def create_webhook(self, config: WebhookConfig) -> Operation[str]:
        given = {name: getattr(config, name) for name in WebhookConfig.__dataclass_fields__}
        if config.retry_config == RetryConfig():
            del given["retry_config"]
        body = _settings({name: value for name, value in given.items() if value is not None})
        # With a key the service makes one webhook of it, however often it is asked.
        answer = yield _Call("POST", "/webhooks", body, headers={"Idempotency-Key": str(uuid.uuid4())})
        return str(answer.json()["id"])

    def get_webhook(self, webhook_id: str) -> Operation[Optional[Webhook]]:
        answer = yield _Call("GET", _path("webhooks", webhook_id), expected=(404,))
        return None if answer.status_code == 404 else _webhook(answer.json())

    def update_webhook(self, webhook_id: str, updates: Mapping[str, Any]) -> Operation[Optional[Webhook]]:
        answer = yield _Call("PATCH", _path("webhooks", webhook_id), _settings(updates), expected=(404,))
        return None if answer.status_code == 404 else _webhook(answer.json())

    def delete_webhook(self, webhook_id: str) -> Operation[bool]:
        answer = yield _Call("DELETE", _path("webhooks", webhook_id), expected=(404,))
        return answer.status_code != 404

    def list_webhooks(self, project_id: Optional[str], active_only: bool) -> Operation[list[Webhook]]:
        query = {"project_id": project_id or "", "active_only": str(active_only).lower()}
        answer = yield _Call("GET", "/webhooks", query=query)
        return [_webhook(webhook) for webhook in answer.json()["webhooks"]]

    def send_event(
        self, event: EventName, project_id: Optional[str], data: Optional[Mapping[str, Any]], key: Optional[str]
    ) -> Operation[list[str]]:
        body = {"event": _name(event), "project_id": project_id, "data": dict(data or {})}
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        answer = yield _Call("POST", "/events", body, headers=headers)
        return list(answer.json()["delivery_ids"])

    def get_delivery(self, delivery_id: str) -> Operation[Optional[WebhookDelivery]]:
        answer = yield _Call("GET", _path("webhooks", "deliveries", delivery_id), expected=(404,))
        return None if answer.status_code == 404 else _delivery(answer.json())

    def list_deliveries(
        self, webhook_id: Optional[str], status: Optional[Union[DeliveryStatus, str]], limit: int
    ) -> Operation[list[WebhookDelivery]]:
        wanted = status.value if isinstance(status, DeliveryStatus) else status
        found: list[WebhookDelivery] = []
        cursor: Optional[str] = None
        while len(found) < limit:
            query: Json = {"webhook_id": webhook_id or "", "status": wanted or "", "limit": min(limit - len(found), 100)}
            answer = yield _Call("GET", "/webhooks/deliveries", query={**query, **({"cursor": cursor} if cursor else {})})
            page = answer.json()
            found += [_delivery(delivery) for delivery in page["deliveries"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        return found

    def retry_delivery(self, delivery_id: str) -> Operation[bool]:
        path = _path("webhooks", "deliveries", delivery_id, "retry")
        answer = yield _Call("POST", path, may_repeat=False, expected=(400, 404))
        return answer.status_code == 200

    def test_webhook(self, webhook_id: str) -> Operation[Optional[WebhookDelivery]]:
        answer = yield _Call("POST", _path("webhooks", webhook_id, "test"), may_repeat=False, expected=(404,))
        return None if answer.status_code == 404 else _delivery(answer.json())

    def get_stats(self) -> Operation[Json]:
        answer = yield _Call("GET", "/webhooks/stats")
        return dict(answer.json())


class _Connection:
    """Where the service is, and what to make of its answers."""

    def __init__(self, url: Optional[str], api_key: Optional[str], timeout: float) -> None:
        base = (url or os.environ.get("BASSET_WEBHOOKS_URL") or "http://127.0.0.1:8000").rstrip("/")
        self.base_url = base if base.endswith("/api/v1") else f"{base}/api/v1"
        key = api_key or os.environ.get("BASSET_WEBHOOKS_API_KEY")
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.timeout = timeout

    def options(self) -> Json:
        return {"base_url": self.base_url, "headers": self.headers, "timeout": self.timeout}

    def request(self, call: _Call) -> Json:
        headers = dict(call.headers)
        content = None
        if call.body is not None:
            # Dates, UUIDs and the like in the data of an event go as text, as they always did.
            content = json.dumps(call.body, allow_nan=False, default=str).encode()
            headers["Content-Type"] = "application/json"
        return {"method": call.method, "url": call.path, "params": call.query, "content": content, "headers": headers}

    def check(self, call: _Call, answer: httpx.Response) -> httpx.Response:
        said = _object(answer)
        if (answer.is_success and (said is not None or not answer.content)) or answer.status_code in call.expected:
            return answer
        if said is None:
            strange = f"{self.base_url} is no Basset Hound Webhooks, or something stands before it"
            raise WebhookServiceError(f"{strange}: it answered {answer.status_code}, and no JSON", answer.status_code)
        message = said.get("detail") or f"The service answered {answer.status_code}"
        raise WebhookServiceError(str(message), answer.status_code, said.get("errors") or ())

    def unreachable(self, error: Exception) -> NoReturn:
        raise WebhookServiceError(f"{self.base_url} cannot be reached: {error!r}") from error

    @staticmethod
    def pause(
        call: _Call, attempt: int, answer: Optional[httpx.Response], failure: Optional[Exception]
    ) -> Optional[float]:
        """Seconds until the call is made again; None = it is not, and this is what came of it."""
        if attempt >= ATTEMPTS or not call.may_repeat or isinstance(failure, NO_SERVICE):
            return None
        if answer is not None and answer.status_code not in AWAY:
            return None
        asked = answer.headers.get("retry-after", "") if answer is not None else ""
        longest: float = min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS)
        if asked.isascii() and asked.isdigit():
            return min(float(asked), LONGEST_PAUSE_SECONDS)
        return longest * random.uniform(0.5, 1)


class SyncWebhookService:
    """The service, for code without ``async``. Safe to use from several threads."""

    def __init__(self, url: Optional[str] = None, api_key: Optional[str] = None, timeout: float = 30.0) -> None:
        self._connection = _Connection(url, api_key, timeout)
        self._client = httpx.Client(**self._connection.options())
        self._operations = _Operations()

    def create_webhook(self, config: WebhookConfig) -> str:
        """Creates a webhook; answers its id."""
        return self._run(self._operations.create_webhook(config))

    def get_webhook(self, webhook_id: str) -> Optional[Webhook]:
        return self._run(self._operations.get_webhook(webhook_id))

    def update_webhook(self, webhook_id: str, updates: Mapping[str, Any]) -> Optional[Webhook]:
        """Changes what ``updates`` names; None when there is no such webhook."""
        return self._run(self._operations.update_webhook(webhook_id, updates))

    def delete_webhook(self, webhook_id: str) -> bool:
        return self._run(self._operations.delete_webhook(webhook_id))

    def list_webhooks(self, project_id: Optional[str] = None, active_only: bool = False) -> list[Webhook]:
        """Webhooks of a project, and the global ones; without a project all."""
        return self._run(self._operations.list_webhooks(project_id, active_only))

    def send_event(
        self,
        event: EventName,
        project_id: Optional[str] = None,
        data: Optional[Mapping[str, Any]] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> list[str]:
        """Emits an event; it is on disk when this returns. Answers the ids of its deliveries."""
        return self._run(self._operations.send_event(event, project_id, data, idempotency_key))

    def get_delivery(self, delivery_id: str) -> Optional[WebhookDelivery]:
        return self._run(self._operations.get_delivery(delivery_id))

    def list_deliveries(
        self,
        webhook_id: Optional[str] = None,
        status: Optional[Union[DeliveryStatus, str]] = None,
        limit: int = 50,
    ) -> list[WebhookDelivery]:
        """Newest first."""
        return self._run(self._operations.list_deliveries(webhook_id, status, limit))

    def retry_delivery(self, delivery_id: str) -> bool:
        """Tries again at once; False when there is no such delivery, or it neither failed nor waits for a retry."""
        return self._run(self._operations.retry_delivery(delivery_id))

    def test_webhook(self, webhook_id: str) -> Optional[WebhookDelivery]:
        """One attempt with a test event; look at ``status``."""
        return self._run(self._operations.test_webhook(webhook_id))

    def get_stats(self) -> Json:
        return self._run(self._operations.get_stats())

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> SyncWebhookService:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, operation: Operation[T]) -> T:
        try:
            call = next(operation)
            while True:
                call = operation.send(self._send(call))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    def _send(self, call: _Call) -> httpx.Response:
        for attempt in range(1, ATTEMPTS + 1):
            answer: Optional[httpx.Response] = None
            failure: Optional[Exception] = None
            try:
                answer = self._client.request(**self._connection.request(call))
            except (httpx.TransportError, httpx.InvalidURL) as error:
                failure = error
            pause = self._connection.pause(call, attempt, answer, failure)
            if pause is None:
                break
            time.sleep(pause)
        return self._connection.check(call, answer) if answer is not None else self._connection.unreachable(failure)  # type: ignore[arg-type]


class WebhookService:
    """
    The service, as the Python service that it replaces had it: all is awaited but ``get_stats``.

    ``max_deliveries`` and ``max_requests_per_second`` are kept for old callers: the settings of the service hold.
    """

    def __init__(
        self,
        max_deliveries: int = 1000,
        timeout: float = 30.0,
        max_requests_per_second: float = 10.0,
        *,
        url: Optional[str] = None,
        api_key: Optional[str] = None,
    ) -> None:
        self._connection = _Connection(url, api_key, timeout)
        self._operations = _Operations()
        # A client belongs to one event loop; programs that call asyncio.run several times have several.
        self._client: Optional[httpx.AsyncClient] = None
        self._loop: Optional[asyncio.AbstractEventLoop] = None

    async def create_webhook(self, config: WebhookConfig) -> str:
        """Creates a webhook; answers its id."""
        return await self._run(self._operations.create_webhook(config))

    async def get_webhook(self, webhook_id: str) -> Optional[Webhook]:
        return await self._run(self._operations.get_webhook(webhook_id))

    async def update_webhook(self, webhook_id: str, updates: Mapping[str, Any]) -> Optional[Webhook]:
        """Changes what ``updates`` names; None when there is no such webhook."""
        return await self._run(self._operations.update_webhook(webhook_id, updates))

    async def delete_webhook(self, webhook_id: str) -> bool:
        return await self._run(self._operations.delete_webhook(webhook_id))

    async def list_webhooks(self, project_id: Optional[str] = None, active_only: bool = False) -> list[Webhook]:
        """Webhooks of a project, and the global ones; without a project all."""
        return await self._run(self._operations.list_webhooks(project_id, active_only))

    async def send_event(
        self,
        event: EventName,
        project_id: Optional[str] = None,
        data: Optional[Mapping[str, Any]] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> list[str]:
        """Emits an event; it is on disk when this returns. Answers the ids of its deliveries."""
        return await self._run(self._operations.send_event(event, project_id, data, idempotency_key))

    async def get_delivery(self, delivery_id: str) -> Optional[WebhookDelivery]:
        return await self._run(self._operations.get_delivery(delivery_id))

    async def list_deliveries(
        self,
        webhook_id: Optional[str] = None,
        status: Optional[Union[DeliveryStatus, str]] = None,
        limit: int = 50,
    ) -> list[WebhookDelivery]:
        """Newest first."""
        return await self._run(self._operations.list_deliveries(webhook_id, status, limit))

    async def retry_delivery(self, delivery_id: str) -> bool:
        """Tries again at once; False when there is no such delivery, or it neither failed nor waits for a retry."""
        return await self._run(self._operations.retry_delivery(delivery_id))

    async def test_webhook(self, webhook_id: str) -> Optional[WebhookDelivery]:
        """One attempt with a test event; look at ``status``."""
        return await self._run(self._operations.test_webhook(webhook_id))

    def get_stats(self) -> Json:
        """Not awaited, as it never was: it blocks for one call."""
        with SyncWebhookService(self._connection.base_url, timeout=self._connection.timeout) as service:
            service._client.headers.update(self._connection.headers)
            return service.get_stats()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def __aenter__(self) -> WebhookService:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _open(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client, self._loop = httpx.AsyncClient(**self._connection.options()), loop
        return self._client

    async def _run(self, operation: Operation[T]) -> T:
        try:
            call = next(operation)
            while True:
                call = operation.send(await self._send(call))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    async def _send(self, call: _Call) -> httpx.Response:
        for attempt in range(1, ATTEMPTS + 1):
            answer: Optional[httpx.Response] = None
            failure: Optional[Exception] = None
            try:
                answer = await self._open().request(**self._connection.request(call))
            except (httpx.TransportError, httpx.InvalidURL) as error:
                failure = error
            pause = self._connection.pause(call, attempt, answer, failure)
            if pause is None:
                break
            await asyncio.sleep(pause)
        return self._connection.check(call, answer) if answer is not None else self._connection.unreachable(failure)  # type: ignore[arg-type]


_webhook_service: Optional[WebhookService] = None


def get_webhook_service(max_deliveries: int = 1000, timeout: float = 30.0) -> WebhookService:
    """The one service of this process. ``max_deliveries`` is kept for old callers: ``MAX_DELIVERIES`` of the service holds."""
    global _webhook_service
    if _webhook_service is None:
        _webhook_service = WebhookService(max_deliveries, timeout)
    return _webhook_service


def set_webhook_service(service: Optional[WebhookService]) -> None:
    global _webhook_service
    _webhook_service = service


def reset_webhook_service() -> None:
    set_webhook_service(None)
