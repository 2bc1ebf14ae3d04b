"""What OpenAPI cannot say about the values of this API, for schemathesis."""

import atexit
import base64
import collections
import itertools
import json
import os
import re
import time

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

# Nobody listens on port 9 of the loopback: what is sent there ends at once.
PLACES = st.sampled_from(["http://127.0.0.1:9", "https://127.0.0.1:9", "HTTP://127.1:9"])
PATHS = st.from_regex(r"(/[A-Za-z0-9._~!$&'()*+,;=:@-]{0,20}){0,3}(\?[A-Za-z0-9=&+-]{0,20})?", fullmatch=True)

schemathesis.openapi.format("uri", st.builds(str.__add__, PLACES, PATHS))
schemathesis.openapi.format(
    "cursor",
    st.text(min_size=1, max_size=60, alphabet=st.characters(codec="utf-8")).map(
        lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    ),
)
schemathesis.openapi.format(
    "json-object", st.dictionaries(st.text(max_size=10), st.integers() | st.text(max_size=20), max_size=3).map(json.dumps)
)

IDENTIFIER = re.compile(r"[\x21-\x7e]{1,128}")
numbers = itertools.count(int(time.time()))

# A URL, options and headers that each format takes: what is good for one is said by its options_schema and url_rule.
GOOD = {
    "basset": ("/hook", {"url_is_secret": True}, {}),
    "slack": ("/services/T0/B0/X0", {"fields": ["name"], "digest": 0}, {}),
    "discord": ("/api/webhooks/1/token", {"fields": []}, {}),
    "teams": ("/workflows/1/triggers/manual/paths/invoke?sig=s", {"defang": False}, {}),
    "mattermost": ("/hooks/key", {}, {}),
    "telegram": ("/bot1:token/sendMessage", {"chat_id": "-100"}, {}),
    "google_chat": ("/v1/spaces/S/messages?key=k&token=t", {}, {}),
    "ntfy": ("/", {"topic": "osint"}, {}),
    "splunk_hec": ("/services/collector/event", {"index": "osint"}, {"Authorization": "Splunk t"}),
    "elasticsearch": ("/logs/_bulk", {"data": "flattened", "batch": 1}, {}),
    "otlp_logs": ("/v1/logs", {"data": "map"}, {}),
    "loki": ("/loki/api/v1/push", {}, {}),
    "ocsf": ("/in", {"raw_data": True}, {}),
    "cef": ("/in", {}, {}),
    "leef": ("/in", {}, {}),
    "gelf": ("/gelf", {}, {}),
    "pagerduty": ("/v2/enqueue", {"routing_key": "0" * 32}, {}),
    "alertmanager": ("/api/v2/alerts", {"duration": 60}, {}),
    "cloudevents": ("/in", {"mode": "binary", "handshake": "try"}, {}),
    "custom": ("/in", {"template": {"id": "${id}", "of": {"$eval": "data"}}}, {}),
}
FILTERS = itertools.cycle(
    ["data.risk >= 7", "event == 'entity.created'", "severity in ['error']", "!(project_id == null)", "len(data) > 1"]
)


requests = collections.Counter()


@atexit.register
def tell_what_was_done():
    """On a busy machine the time is over before much is done: how much it was, by operation."""
    if "FUZZ_REQUESTS" in os.environ:
        with open(os.environ["FUZZ_REQUESTS"], "w", encoding="utf-8") as file:
            json.dump(requests, file)


def unused(value):
    """An id that was not used before: with a used one and another event the answer is 422, as it should be."""
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        return value
    number = f"-{next(numbers)}"
    return value[: -len(number)] + number if len(value) > 100 else value + number


def good_names(headers):
    """OpenAPI 3.0 knows no rule for the names of members: those of headers are tokens, each once in any case."""
    return {f"X-{number}": value for number, value in enumerate(headers.values())}


def events_of(body):
    if not isinstance(body, dict):
        return []
    events = body.get("events") if "events" in body else [body]
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []


def without_what_depends(case):
    """A range of time must not end before it begins, options belong to their format, and hidden headers do not follow a webhook to another host."""
    if case.query and "since" in case.query and "until" in case.query:
        case.query = {name: value for name, value in case.query.items() if name != "until"}
    if isinstance(case.body, dict) and "since" in case.body and "until" in case.body:
        case.body = {name: value for name, value in case.body.items() if name != "until"}
    if isinstance(case.body, dict):
        case.body = of_one_format(case.body, case.method.upper() == "POST")


def of_one_format(body, is_new):
    """Which options and URLs are good depends on the format, and a filter is an expression."""
    body = dict(body)
    if body.get("filter"):
        body["filter"] = next(FILTERS)
    if "format" in body or body.get("format_options"):
        name = body.get("format") or "basset"
        path, options, headers = GOOD[name]
        return {**body, "format": name, "url": "http://127.0.0.1:9" + path, "format_options": options, "headers": headers}
    if isinstance(body.get("headers"), dict):
        body["headers"] = good_names(body["headers"])
    if not is_new:
        # Headers that are hidden, and a URL that is a secret, do not follow a webhook elsewhere.
        body.pop("url", None)
    elif isinstance(body.get("url"), str):
        # The shown form of a secret URL, out of an answer, is none.
        body["url"] = body["url"].replace("***", "hook")
    return body


@schemathesis.hook
def before_call(context, case, **kwargs):
    requests[f"{case.method.upper()} {case.path}"] += 1
    # What a preview is asked for goes as it is: options and filters of any kind are refused, or rendered.
    if "/preview" in case.path and isinstance(case.body, dict):
        return
    if case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE:
        without_what_depends(case)
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = unused(case.headers["Idempotency-Key"])
    if isinstance(case.body, dict) and isinstance(case.body.get("max_requests_per_second"), (int, float)):
        # A test waits for its turn, which at one request in a quarter of an hour is longer than anybody asks.
        case.body["max_requests_per_second"] = max(case.body["max_requests_per_second"], 100)
    if case.path.startswith("/api/v1/events"):
        for event in events_of(case.body):
            if "id" in event:
                event["id"] = unused(event["id"])
