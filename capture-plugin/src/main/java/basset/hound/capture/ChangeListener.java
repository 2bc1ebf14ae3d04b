package basset.hound.capture;

import java.util.List;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.graphdb.event.TransactionData;
import org.neo4j.graphdb.event.TransactionEventListenerAdapter;
import org.neo4j.logging.Log;

/**
 * Writes what a transaction changes into the outbox, within that transaction. An error in here never fails the
 * transaction: it is logged, counted and leaves a row without changes, so that the gap can be seen.
 */
final class ChangeListener extends TransactionEventListenerAdapter<Void> {
    /** Transactions with this key in their metadata are not captured: the service's own, and whoever emits by itself. */
    static final String MARK = "webhooks";
    /** With this value the service asks whether the plugin is there. */
    static final String PROBE = "probe";

    private final Outbox outbox;
    private final Log log;

    ChangeListener(Outbox outbox, Log log) {
        this.outbox = outbox;
        this.log = log;
    }

    @Override
    public Void beforeCommit(TransactionData data, Transaction tx, GraphDatabaseService database) {
        Object mark = data.metaData().get(MARK);
        if (mark != null) {
            if (PROBE.equals(mark)) {
                outbox.answer(data, tx);
            }
            return null;
        }
        try {
            List<List<Object>> changes = new Changes(data).collect();
            if (!changes.isEmpty()) {
                outbox.write(tx, changes);
            }
        } catch (VirtualMachineError error) {
            throw error;
        } catch (Throwable error) {
            log.error("A change of the graph was not captured for webhooks", error);
            outbox.writeGap(tx, error);
        }
        return null;
    }
}
