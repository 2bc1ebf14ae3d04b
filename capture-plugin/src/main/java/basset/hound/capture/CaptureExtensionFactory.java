package basset.hound.capture;

import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.kernel.extension.ExtensionFactory;
import org.neo4j.kernel.extension.ExtensionType;
import org.neo4j.kernel.extension.context.ExtensionContext;
import org.neo4j.kernel.internal.GraphDatabaseAPI;
import org.neo4j.kernel.lifecycle.Lifecycle;
import org.neo4j.logging.internal.LogService;

/** Found by Neo4j's ServiceLoader; makes one capture for each user database. */
public final class CaptureExtensionFactory extends ExtensionFactory<CaptureExtensionFactory.Dependencies> {
    /** What Neo4j is asked for. */
    public interface Dependencies {
        DatabaseManagementService databaseManagementService();

        GraphDatabaseAPI graphDatabaseAPI();

        LogService logService();
    }

    public CaptureExtensionFactory() {
        super(ExtensionType.DATABASE, "basset-capture");
    }

    @Override
    public Lifecycle newInstance(ExtensionContext context, Dependencies dependencies) {
        return new CaptureExtension(
                dependencies.databaseManagementService(),
                dependencies.graphDatabaseAPI(),
                dependencies.logService().getUserLog(CaptureExtension.class));
    }
}
