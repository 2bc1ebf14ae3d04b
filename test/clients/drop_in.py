"""Uses clients/python as code that was written for the Python service does. Prints `done` at the end."""

import asyncio
import http.server
import json
import os
import sys
import threading
import uuid
from datetime import datetime, timezone

sys.path.insert(0, os.environ["CLIENT_DIRECTORY"])

import basset_hound_webhooks as client
from basset_hound_webhooks import (
    DeliveryStatus,
    RetryConfig,
    SyncWebhookService,
    WebhookConfig,
    WebhookEvent,
    WebhookService,
    WebhookServiceError,
    get_webhook_service,
)

url, good, broken = os.environ["SERVICE_URL"], os.environ["RECEIVER_URL"], os.environ["BROKEN_URL"]
os.environ["BASSET_WEBHOOKS_URL"] = url


async def ended(service, delivery_id):
    while (delivery := await service.get_delivery(delivery_id)).status not in (DeliveryStatus.SUCCESS, DeliveryStatus.FAILED):
        await asyncio.sleep(0.05)
    return delivery


async def as_before():
    service = get_webhook_service()
    assert service is get_webhook_service()
    config = WebhookConfig(name="CRM", url=good, secret="s", events=[WebhookEvent.ENTITY_CREATED], project_id="case")
    webhook_id = await service.create_webhook(config)
    webhook = await service.get_webhook(webhook_id)
    assert webhook.config.events == [WebhookEvent.ENTITY_CREATED] and webhook.config.retry_config == RetryConfig()
    assert webhook.created_at.tzinfo is not None and webhook.to_dict()["has_secret"] is True

    [delivery_id] = await service.send_event(WebhookEvent.ENTITY_CREATED, project_id="case", data={"entity_id": "ü"})
    delivery = await ended(service, delivery_id)
    assert delivery.status == DeliveryStatus.SUCCESS and delivery.payload["data"] == {"entity_id": "ü"}
    assert await service.send_event(WebhookEvent.ENTITY_DELETED, "case") == []
    test = await service.test_webhook(webhook_id)
    assert test.event == WebhookEvent.SYSTEM_HEALTH and test.status == "success"

    updates = {"url": broken, "events": ["orphan.*"], "retry_config": RetryConfig(max_retries=0)}
    assert (await service.update_webhook(webhook_id, updates)).config.url == broken
    [failed] = await service.send_event("orphan.linked", "case")
    assert (await ended(service, failed)).response_code == 500
    assert await service.retry_delivery(failed) is True
    assert await service.retry_delivery(delivery_id) is False
    listed = await service.list_deliveries(webhook_id, DeliveryStatus.FAILED, limit=1)
    assert [found.id for found in listed] == [failed]
    assert len(await service.list_deliveries(webhook_id, limit=500)) == 3
    assert [found.id for found in await service.list_webhooks("case", active_only=True)] == [webhook_id]
    assert service.get_stats()["total_webhooks"] == 1
    assert await service.delete_webhook(webhook_id) is True


async def without_what_is_not_there():
    service = get_webhook_service()
    assert await service.get_webhook("none") is None and await service.get_delivery("a/b?c") is None
    assert await service.update_webhook("none", {"active": False}) is None
    assert await service.delete_webhook("none") is False and await service.retry_delivery("none") is False
    assert await service.test_webhook("none") is None


async def refused():
    service = get_webhook_service()
    for work, status in ((service.send_event("no.event"), 400), (service.send_event("entity.created", data={"n": "x" * 2_000_000}), 413)):
        try:
            await work
            raise AssertionError("not refused")
        except WebhookServiceError as error:
            assert error.status == status, error.status
    try:
        await service.create_webhook(WebhookConfig(name="x" * 101, url=good, events=["*"]))
        raise AssertionError("not refused")
    except WebhookServiceError as error:
        assert error.errors[0]["loc"] == ["body", "name"]
    for bad in ({"name": " ", "url": good}, {"name": "x", "url": "ftp://x"}):
        try:
            WebhookConfig(**bad)
            raise AssertionError("not refused")
        except ValueError:
            pass


async def with_what_old_code_may_hold():
    service = WebhookService(1000, 30.0, 10.0)
    config = WebhookConfig(name="Old", url=good, events=[WebhookEvent.REPORT_GENERATED])
    config.retry_config.max_retries = 1
    webhook_id = await service.create_webhook(config)
    assert (await service.get_webhook(webhook_id)).config.retry_config == RetryConfig(max_retries=1)
    when, who = datetime(2026, 11, 26, tzinfo=timezone.utc), uuid.UUID(int=7)
    [delivery_id] = await service.send_event(WebhookEvent.REPORT_GENERATED, data={"when": when, "who": who})
    sent = (await ended(service, delivery_id)).payload["data"]
    assert sent == {"when": str(when), "who": str(who)}, sent
    await service.delete_webhook(webhook_id)
    by_hand = client.Webhook("w", config, when, when)
    assert by_hand.to_dict()["events"] == ["report.generated"] and by_hand.to_dict()["created_at"] == when.isoformat()
    assert "secret" not in by_hand.to_dict() and by_hand.failure_count == 0
    delivery = client.WebhookDelivery("d", "w", WebhookEvent.SYSTEM_HEALTH, {})
    assert delivery.status == DeliveryStatus.PENDING and delivery.to_dict()["status"] == "pending"


class Away(http.server.BaseHTTPRequestHandler):
    """Answers 503 twice, then as the service does."""

    keys: list = []

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.keys.append(self.headers["idempotency-key"])
        body = json.dumps({"detail": "Neo4j is away", "event_id": "e", "id": "w", "delivery_ids": ["d"]}).encode()
        self.send_response(202 if len(self.keys) % 3 == 0 else 503)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


async def while_the_service_is_away():
    client.FIRST_PAUSE_SECONDS = 0.001
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Away) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}"
        async with WebhookService(url=there) as service:
            assert await service.send_event(WebhookEvent.PROJECT_CREATED) == ["d"]
        with SyncWebhookService(there) as service:
            assert service.send_event(WebhookEvent.PROJECT_CREATED) == ["d"]
            assert service.create_webhook(WebhookConfig(name="x", url=good, events=["*"])) == "w"
            # What might be done twice is not repeated.
            try:
                service.test_webhook("w")
                raise AssertionError("not refused")
            except WebhookServiceError as error:
                assert (error.status, str(error)) == (503, "Neo4j is away")
        server.shutdown()
    assert len(Away.keys) == 10 and Away.keys[9] is None
    assert [len(set(Away.keys[n : n + 3])) for n in (0, 3, 6)] == [1, 1, 1] and len(set(Away.keys)) == 4
    try:
        SyncWebhookService(there).send_event(WebhookEvent.PROJECT_CREATED)
        raise AssertionError("reached")
    except WebhookServiceError as error:
        assert error.status is None


class Strange(http.server.BaseHTTPRequestHandler):
    """A proxy's page, a list where an object belongs, a redirect; which, says the path."""

    def do_GET(self):
        status, body = {"page": (200, b"<html>"), "list": (500, b"[1]"), "gone": (302, b"")}[self.path.split("/")[-1]]
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


async def whatever_answers():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Strange) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        async with WebhookService(url=f"http://127.0.0.1:{server.server_port}") as service:
            for path, status in (("page", 200), ("list", 500), ("gone", 302)):
                try:
                    await service.get_webhook(path)
                    raise AssertionError("taken for an answer")
                except WebhookServiceError as error:
                    assert error.status == status and "no JSON" in str(error), error
        server.shutdown()
    client.FIRST_PAUSE_SECONDS = 3600
    for url_of_nothing in ("localhost:8000", "ftp://localhost", "http://[::1"):
        try:
            await WebhookService(url=url_of_nothing).get_webhook("w")
            raise AssertionError("reached")
        except WebhookServiceError as error:
            # At once: no repetition makes a URL of it.
            assert error.status is None and "cannot be reached" in str(error), error
    client.FIRST_PAUSE_SECONDS = 0.001


async def many_at_a_time():
    async with WebhookService(url=url) as service:
        webhook_id = await service.create_webhook(WebhookConfig(name="Many", url=good, events=["search.*"]))
        sent = await asyncio.gather(*(service.send_event("search.executed", data={"n": n}) for n in range(50)))
        assert len({delivery for [delivery] in sent}) == 50
        await service.delete_webhook(webhook_id)


def without_async():
    with SyncWebhookService(url) as service:
        webhook_id = service.create_webhook(WebhookConfig(name="Sync", url=good, events=["*"]))
        first = service.send_event(WebhookEvent.SEARCH_EXECUTED, idempotency_key="python-1")
        assert first == service.send_event(WebhookEvent.SEARCH_EXECUTED, idempotency_key="python-1") and len(first) == 1
        assert service.get_webhook(webhook_id).config.name == "Sync"
        service.delete_webhook(webhook_id)


# Each in a loop of its own, with the same service.
asyncio.run(as_before())
asyncio.run(without_what_is_not_there())
asyncio.run(refused())
asyncio.run(with_what_old_code_may_hold())
asyncio.run(while_the_service_is_away())
asyncio.run(whatever_answers())
asyncio.run(many_at_a_time())
without_async()
print("done")
