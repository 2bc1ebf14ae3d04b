package basset.hound.capture;

import java.util.List;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.graphdb.event.TransactionData;
import org.neo4j.graphdb.event.TransactionEventListenerAdapter;

/**
 * Writes what a transaction changes into the outbox, within that transaction. An error in here never fails the
 * transaction: once that is committed the error is logged and counted, and a row without changes shows the gap. What a
 * transaction changed that is rolled back after all, nobody has missed.
 */
final class ChangeListener extends TransactionEventListenerAdapter<Loss> {
    /** Transactions with this key in their metadata are not captured: the service's own, and whoever emits by itself. */
    static final String MARK = "webhooks";
    /** With this value the service asks whether the plugin is there. */
    static final String PROBE = "probe";

    private final Outbox outbox;

    ChangeListener(Outbox outbox) {
        this.outbox = outbox;
    }

    /** @return what is lost if the transaction is committed; null = nothing */
    @Override
    public Loss beforeCommit(TransactionData data, Transaction tx, GraphDatabaseService database) {
        Object mark = data.metaData().get(MARK);
        if (mark != null) {
            if (PROBE.equals(mark)) {
                outbox.answer(data, tx);
            }
            return null;
        }
        try {
            List<List<Object>> changes = new Changes(data).collect();
            return changes.isEmpty() ? null : outbox.write(tx, changes);
        } catch (VirtualMachineError error) {
            throw error;
        } catch (Throwable error) {
            return outbox.writeGap(tx, error);
        }
    }

    @Override
    public void afterCommit(TransactionData data, Loss loss, GraphDatabaseService database) {
        if (loss != null) {
            outbox.lose(loss);
        }
    }
}
