"""Says what validators that nobody here wrote find wrong with rendered requests.

In: a line of JSON for each request, {"format", "name", "headers", "body"}. Out: a line of JSON for each,
{"name", "found"} with what was read, or {"name", "problem"}.
"""

import json
import sys

import pycef
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from google.protobuf import json_format
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

OCSF = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.6.0"))
CLASSES = {}


def otlp_logs(request):
    logs = json_format.Parse(request["body"], ExportLogsServiceRequest())
    record = logs.resource_logs[0].scope_logs[0].log_records[0]
    return {"id": record.attributes[0].value.string_value, "event": record.event_name}


def cloudevents(request):
    event = from_http_event(HTTPMessage(headers=request["headers"], body=request["body"].encode()))
    return {"id": event.get_id(), "event": event.get_type()}


def ocsf(request):
    event = json.loads(request["body"])
    uid = event["class_uid"]
    if uid not in CLASSES:
        schema = OCSF.get_class_schema(OCSF.lookup_class_name_from_uid(uid))
        CLASSES[uid] = Draft202012Validator(schema)
    CLASSES[uid].validate(event)
    return {"id": event["metadata"]["uid"], "event": event["metadata"]["event_code"]}


def cef(request):
    line = pycef.parse(request["body"])
    return {"id": line["externalId"], "event": line["DeviceEventClassID"]}


READERS = {"otlp_logs": otlp_logs, "cloudevents": cloudevents, "ocsf": ocsf, "cef": cef}

for text in sys.stdin:
    request = json.loads(text)
    try:
        answer = {"found": READERS[request["format"]](request)}
    except Exception as problem:  # Whatever a validator raises is what it has to say.
        answer = {"problem": f"{type(problem).__name__}: {problem}"[:500]}
    print(json.dumps({"name": request["name"], **answer}))
