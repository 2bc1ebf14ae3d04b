package basset.hound.capture;

import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.kernel.internal.GraphDatabaseAPI;
import org.neo4j.kernel.lifecycle.LifecycleAdapter;
import org.neo4j.logging.Log;

/** Listens to the transactions of one user database, from its start to its stop. */
final class CaptureExtension extends LifecycleAdapter {
    private static final String SYSTEM = "system";

    private final DatabaseManagementService management;
    private final GraphDatabaseAPI database;
    private final Outbox outbox;
    private final ChangeListener listener;

    CaptureExtension(DatabaseManagementService management, GraphDatabaseAPI database, Log log) {
        this.management = management;
        this.database = database;
        this.outbox = new Outbox(database, log);
        this.listener = new ChangeListener(outbox);
    }

    @Override
    public void start() {
        if (SYSTEM.equals(database.databaseName())) {
            return;
        }
        management.registerTransactionEventListener(database.databaseName(), listener);
        outbox.start();
    }

    @Override
    public void stop() {
        if (SYSTEM.equals(database.databaseName())) {
            return;
        }
        outbox.stop();
        management.unregisterTransactionEventListener(database.databaseName(), listener);
    }
}
