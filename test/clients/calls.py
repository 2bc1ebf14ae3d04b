"""One call of each operation by the client that openapi-python-client made. Prints [operation, status], one a line."""

import importlib
import json
import os
import time

from basset_hound_webhooks_client import Client, models
from basset_hound_webhooks_client.api.deliveries import get_delivery

client = Client(base_url=os.environ["SERVICE_URL"])
url, broken_url = os.environ["RECEIVER_URL"], os.environ["BROKEN_URL"]


def call(tag, operation, *path, **given):
    module = importlib.import_module(f"basset_hound_webhooks_client.api.{tag}.{operation}")
    answer = module.sync_detailed(*path, client=client, **given)
    print(json.dumps([operation, answer.status_code.value]))
    return answer.parsed


def new_webhook(**given):
    return models.CreateWebhookDto.from_dict({"name": "Python", "events": ["entity.*"], **given})


webhook = call("webhooks", "create_webhook", body=new_webhook(url=broken_url, retry_config={"max_retries": 0}))
assert webhook.retry_config.max_retries == 0 and webhook.retry_config.initial_delay > 0
event = models.EmitEventDto.from_dict({"event": "entity.created", "data": {"entity_id": "e-1"}})
recorded = call("events", "emit_event", body=event)
call("events", "emit_events", body=models.EmitEventsDto(events=[event]))
delivery = recorded.delivery_ids[0]
while get_delivery.sync(delivery, client=client).status != "failed":
    time.sleep(0.1)
assert call("deliveries", "get_delivery", delivery).payload["data"] == {"entity_id": "e-1"}
call("deliveries", "retry_delivery", delivery)
assert call("deliveries", "list_delivery_attempts", delivery).attempts[0].number == 1
assert call("events", "get_event", recorded.event_id).deliveries[0].id == delivery
call("webhooks", "match_webhooks", event=models.MatchWebhooksEvent("entity.created"))
call(
    "webhooks",
    "match_webhooks_by_body",
    body=models.MatchWebhooksDto.from_dict({"event": "entity.created", "data": {"type": "person"}}),
)
assert any(one.format_ == "basset" for one in call("webhooks", "list_formats").formats)
call("webhooks", "preview_webhook", body=models.PreviewWebhookDto.from_dict({"url": url}))
call("webhooks", "preview_stored_webhook", webhook.id, body=models.PreviewStoredDto())
call("deliveries", "list_deliveries", limit=1)
call("deliveries", "list_webhook_deliveries", webhook.id)
call("webhooks", "recover_webhook", webhook.id, body=models.RecoverWebhookDto.from_dict({"since": "2026-01-01T00:00:00Z"}))
call("webhooks", "test_webhook", webhook.id)
call("webhooks", "rotate_webhook_secret", webhook.id, body=models.RotateSecretDto())
call("webhooks", "update_webhook", webhook.id, body=models.UpdateWebhookDto(url=url))
call("webhooks", "patch_webhook", webhook.id, body=models.PatchWebhookDto(project_id=None))
call("webhooks", "get_webhook", webhook.id)
call("webhooks", "list_webhooks", active_only=True)
call("webhooks", "list_event_types")
call("webhooks", "get_stats")
assert call("webhooks", "get_activity", bucket=models.GetActivityBucket("day")).buckets
call("capture", "get_capture")
call("capture", "scan_graph")
call("projects", "list_project_webhooks", "python")
created = call("projects", "create_project_webhook", "python", body=new_webhook(url=url))
for gone in (webhook, created):
    call("webhooks", "delete_webhook", gone.id)
call("operations", "get_info")
call("operations", "get_liveness")
call("operations", "get_readiness")
call("operations", "get_metrics")
