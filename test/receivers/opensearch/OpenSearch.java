import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;

/** An OpenSearch of one node, in this process. Usage: OpenSearch 9200 /path/of/its/data */
class OpenSearch extends Node {
  private OpenSearch(Environment environment) {
    super(environment, List.<Class<? extends Plugin>>of(Netty4Plugin.class), true);
  }

  private static Settings settings(String port, String home) {
    return Settings.builder()
        .put("node.name", "receiver")
        .put("cluster.name", "receivers")
        .put("path.home", home)
        .put("discovery.type", "single-node")
        .put("network.host", "127.0.0.1")
        .put("http.port", port)
        .put("transport.port", "0")
        .put("http.type", "netty4")
        .put("transport.type", "netty4")
        .put("action.auto_create_index", "logs-*,events-*")
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .build();
  }

  public static void main(String[] args) throws Exception {
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(
            settings(args[0], args[1]), Map.of(), null, () -> "receiver");
    try (Node node = new OpenSearch(environment)) {
      node.start();
      // Its own threads do not keep the process.
      Thread.currentThread().join();
    }
  }
}
