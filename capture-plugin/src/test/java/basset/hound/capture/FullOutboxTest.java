package basset.hound.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Transaction;
import org.neo4j.graphdb.TransactionFailureException;
import org.neo4j.graphdb.event.TransactionData;
import org.neo4j.graphdb.event.TransactionEventListener;
import org.neo4j.graphdb.event.TransactionEventListenerAdapter;

/** On a real database whose outbox holds three rows at most, and which no service empties. */
class FullOutboxTest {
    private static final String WAITING = "MATCH (r:WebhookOutbox) RETURN count(r)";
    private static final String LOST = "MATCH (c:WebhookCapture {id: 'plugin'}) WHERE c.gap_since IS NOT NULL RETURN sum(c.lost)";

    /** Comes after ours, and fails whatever writes. */
    private static final TransactionEventListener<Object> REFUSAL = new TransactionEventListenerAdapter<>() {
        @Override
        public Object beforeCommit(TransactionData data, Transaction tx, GraphDatabaseService database) {
            throw new IllegalStateException("refused");
        }
    };

    @TempDir
    Path directory;

    private DatabaseManagementService management;
    private GraphDatabaseService database;

    @BeforeEach
    void start() {
        System.setProperty(Outbox.MAX_ROWS_PROPERTY, "3");
        management = new DatabaseManagementServiceBuilder(directory)
                .setConfig(GraphDatabaseSettings.pagecache_memory, 33_554_432L)
                .build();
        database = management.database("neo4j");
    }

    @AfterEach
    void stop() {
        management.shutdown();
        System.clearProperty(Outbox.MAX_ROWS_PROPERTY);
    }

    @Test
    void countsWhatItLosesAndGoesOnWhenThereIsRoom() {
        int changes = 0;
        for (; changes < 3; changes++) {
            change();
        }
        assertEquals(3, number(WAITING));
        // The rows are counted now and then; what comes before that is still written.
        for (; changes == number(WAITING) && changes < 600; changes++) {
            change();
            pause();
        }
        long written = number(WAITING);
        assertEquals(changes - 1, written);
        change();
        assertEquals(written, number(WAITING));
        assertEquals(changes + 1, number("MATCH (p:Project) RETURN count(p)"));
        until(() -> number(LOST) == 2);

        management.registerTransactionEventListener("neo4j", REFUSAL);
        assertThrows(TransactionFailureException.class, this::change);
        assertThrows(TransactionFailureException.class, this::change);
        management.unregisterTransactionEventListener("neo4j", REFUSAL);
        change();
        until(() -> number(LOST) > 2);
        assertEquals(3, number(LOST));

        database.executeTransactionally("MATCH (r:WebhookOutbox) DELETE r");
        until(() -> {
            change();
            return number(WAITING) > 0;
        });
    }

    private void change() {
        database.executeTransactionally("CREATE (:Project {id: randomUUID(), safe_name: 'case', name: 'Case'})");
    }

    private long number(String query) {
        return database.executeTransactionally(query, Map.of(), rows -> (long) rows.next().values().iterator().next());
    }

    private static void until(BooleanSupplier condition) {
        for (int looks = 0; looks < 600 && !condition.getAsBoolean(); looks++) {
            pause();
        }
        assertTrue(condition.getAsBoolean());
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException interruption) {
            throw new AssertionError(interruption);
        }
    }
}
