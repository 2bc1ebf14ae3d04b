package basset.hound.capture;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Transaction;
import org.neo4j.graphdb.event.PropertyEntry;
import org.neo4j.graphdb.event.TransactionData;
import org.neo4j.kernel.internal.GraphDatabaseAPI;
import org.neo4j.logging.Log;

/**
 * The rows that wait for the service. They are bounded: while the
 * service is away and the outbox is full, changes are counted and not written, which is a gap that can be seen and not
 * a full disk.
 */
final class Outbox {
    static final Label ROW = Label.label("WebhookOutbox");
    static final Label CAPTURE = Label.label("WebhookCapture");
    static final String VERSION = "1";
    /** Changes in one row at most; a transaction with more of them makes several rows. */
    static final int MAX_CHANGES = 1000;
    /** Rows at most, about 0.3 kB each. */
    static final String MAX_ROWS_PROPERTY = "basset.capture.max_rows";
    private static final long LOOK_MS = 2000;

    private static final String COUNT = "MATCH (row:WebhookOutbox) RETURN count(row) AS rows";
    private static final String TELL =
            "MERGE (capture:WebhookCapture {id: 'plugin'})"
                    + " SET capture.lost = coalesce(toIntegerOrNull(capture.lost), 0) + $lost,"
                    + " capture.gap_since = coalesce(capture.gap_since, $since), capture.last_error = $error";

    private final GraphDatabaseAPI database;
    private final Log log;
    private final long maxRows = Long.getLong(MAX_ROWS_PROPERTY, 1_000_000);
    private final AtomicLong last = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile long lostSince;
    private volatile String lastError = "";
    private volatile boolean full;
    private ScheduledExecutorService housekeeper;

    Outbox(GraphDatabaseAPI database, Log log) {
        this.database = database;
        this.log = log;
    }

    void start() {
        housekeeper = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "basset-capture");
            thread.setDaemon(true);
            return thread;
        });
        housekeeper.scheduleWithFixedDelay(this::look, 0, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    void stop() {
        housekeeper.shutdownNow();
    }

    /** @return what is lost if the transaction is committed; null = nothing */
    Loss write(Transaction tx, List<List<Object>> changes) {
        if (full) {
            return new Loss(
                    "the outbox holds " + maxRows + " rows: the webhook service has been away for too long", null);
        }
        List<List<List<Object>>> rows = Rows.of(changes, MAX_CHANGES);
        String transaction = UUID.randomUUID().toString();
        for (List<List<Object>> part : rows) {
            Node row = row(tx);
            row.setProperty("changes", Json.of(part));
            if (rows.size() > 1) {
                row.setProperty("tx", transaction);
                row.setProperty("parts", rows.size());
            }
        }
        return null;
    }

    /** Whoever sets {@code asked} on a capture node in a probe finds it as {@code answered}: so the service knows. */
    void answer(TransactionData data, Transaction tx) {
        for (PropertyEntry<Node> entry : data.assignedNodeProperties()) {
            if ("asked".equals(entry.key()) && entry.entity().hasLabel(CAPTURE)) {
                Node node = tx.getNodeByElementId(entry.entity().getElementId());
                node.setProperty("answered", entry.value());
                node.setProperty("version", VERSION);
            }
        }
    }

    /** A row without changes says that something was lost here. */
    Loss writeGap(Transaction tx, Throwable error) {
        String reason = error.getClass().getName();
        try {
            row(tx).setProperty("error", reason);
        } catch (RuntimeException second) {
            if (second != error) {
                error.addSuppressed(second);
            }
        }
        return new Loss(reason, error);
    }

    private Node row(Transaction tx) {
        long now = System.currentTimeMillis();
        Node row = tx.createNode(ROW);
        row.setProperty("id", UUID.randomUUID().toString());
        row.setProperty("at", now);
        row.setProperty("seq", last.updateAndGet(before -> Math.max(before + 1, now * 1000)));
        written.incrementAndGet();
        return row;
    }

    /** The transaction is committed. */
    void lose(Loss loss) {
        if (loss.error() != null) {
            log.error("A change of the graph was not captured for webhooks", loss.error());
        }
        if (lost.getAndIncrement() == 0) {
            lostSince = System.currentTimeMillis();
        }
        lastError = loss.reason();
    }

    /** Idle when nothing was written since the last look. */
    private void look() {
        try {
            if (!database.isAvailable()) {
                return;
            }
            if (full || written.getAndSet(0) > 0) {
                full = database.executeTransactionally(COUNT, Map.of(), rows -> (long) rows.next().get("rows"))
                        >= maxRows;
            }
            tellLost();
        } catch (RuntimeException error) {
            log.debug("The outbox could not be looked after", error);
        }
    }

    private void tellLost() {
        long count = lost.getAndSet(0);
        if (count == 0) {
            return;
        }
        log.error("%d changes of the graph were not captured for webhooks: %s", count, lastError);
        Map<String, Object> facts = Map.of("lost", count, "since", lostSince, "error", lastError);
        try {
            database.executeTransactionally(TELL, facts);
        } catch (RuntimeException error) {
            lost.addAndGet(count);
            throw error;
        }
    }
}
