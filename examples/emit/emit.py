"""Emits one event to Basset Hound Webhooks: python emit.py entity.created '{"entity_id": "e-1"}' [project]. Needs httpx."""

import json
import os
import sys
import time
import uuid

import httpx

URL = os.environ.get("BASSET_WEBHOOKS_URL", "http://127.0.0.1:8000")
API_KEY = os.environ.get("BASSET_WEBHOOKS_API_KEY")
PATIENCE_SECONDS = 60


class Emitter:
    """Keeps its connection: make one and use it for all events."""

    def __init__(self, url: str = URL, api_key: str | None = API_KEY) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30)

    def emit(self, event: str, data: dict, project_id: str | None = None, key: str | None = None) -> str:
        """
        Returns the id of the event when it is on disk.

        Whatever is tried again has the same key, so the event is stored once, also when an answer was lost. Give a
        key of your own (such as the id of a row) to be able to go on after a crash.

        Raises httpx.HTTPStatusError when it is refused: the answer says why, and trying again would not help.
        """
        body = {"event": event, "project_id": project_id, "data": data}
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        pause = 0.5
        while True:
            try:
                answer = self.http.post("/events", json=body, headers=headers)
                if answer.status_code != 503:
                    return answer.raise_for_status().json()["event_id"]
                # The service stops, or has lost its Neo4j for a moment.
                wait = float(answer.headers.get("Retry-After", pause))
            except httpx.TransportError:
                wait = pause
            if time.monotonic() + wait > give_up_at:
                raise TimeoutError(f"{URL} took nothing for {PATIENCE_SECONDS} s")
            time.sleep(wait)
            pause = min(2 * pause, 10)


if __name__ == "__main__":
    event, data, *project = sys.argv[1:]
    print(Emitter().emit(event, json.loads(data), *project))
