"""An event in the caller's own transaction, by plain Cypher: committed = sent, rolled back = never sent.

Needs the Neo4j driver of Python (`pip install neo4j`) and nothing of this service, which may even be away.
NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD name the graph that both share.
"""

import json
import os
import uuid

from neo4j import GraphDatabase

EMIT = """
CREATE (:WebhookOutbox {id: $id, event: $event, project_id: $project_id, data: $data})
"""


def emit(tx, event, project_id, data, event_id=None):
    """Belongs to the transaction of the caller; the same id again is the same event."""
    event_id = event_id or str(uuid.uuid4())
    tx.run(EMIT, id=event_id, event=event, project_id=project_id, data=json.dumps(data)).consume()
    return event_id


def store_report(tx, report_id, title):
    """What the application writes anyway, and the event about it: both happen, or neither does."""
    tx.run("CREATE (:Report {id: $id, title: $title})", id=report_id, title=title).consume()
    return emit(tx, "report.generated", "cold-case", {"report_id": report_id, "title": title})


def main():
    auth = (os.environ.get("NEO4J_USER", "neo4j"), os.environ["NEO4J_PASSWORD"])
    with GraphDatabase.driver(os.environ["NEO4J_URI"], auth=auth) as driver, driver.session() as session:
        # Retried by the driver where that may help; each try is a transaction of its own.
        print("committed", session.execute_write(store_report, "r-1", "Findings"))

        with session.begin_transaction() as tx:
            print("rolled back", store_report(tx, "r-2", "A draft"))
            tx.rollback()


if __name__ == "__main__":
    main()
