package basset.hound.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Result;
import org.neo4j.graphdb.Transaction;
import org.neo4j.graphdb.TransactionFailureException;
import org.neo4j.graphdb.event.TransactionData;
import org.neo4j.graphdb.event.TransactionEventListener;
import org.neo4j.graphdb.event.TransactionEventListenerAdapter;
import org.neo4j.internal.kernel.api.security.LoginContext;
import org.neo4j.kernel.api.KernelTransaction;
import org.neo4j.kernel.impl.coreapi.InternalTransaction;
import org.neo4j.kernel.internal.GraphDatabaseAPI;

/** On a real database: what each change of the graph writes into the outbox, to the letter. */
class CaptureTest {
    private static final String PERSON = "MATCH (p:Project) CREATE (p)-[:HAS_PERSON]->(:Person {id: $id, created_at: 't'})";
    private static final String FIELD = "MATCH (e:Person {id: $id}) CREATE (e)-[:HAS_FIELD_VALUE]->"
            + "(:FieldValue {section_id: $section, field_id: $field, value: $value})";

    /** Comes after ours, and fails whatever writes. */
    private static final TransactionEventListener<Object> REFUSAL = new TransactionEventListenerAdapter<>() {
        @Override
        public Object beforeCommit(TransactionData data, Transaction tx, GraphDatabaseService database) {
            throw new IllegalStateException("refused");
        }
    };

    @TempDir
    static Path directory;

    private static DatabaseManagementService management;
    private static GraphDatabaseService database;

    @BeforeAll
    static void start() {
        management = new DatabaseManagementServiceBuilder(directory)
                .setConfig(GraphDatabaseSettings.pagecache_memory, 33_554_432L)
                .build();
        database = management.database("neo4j");
    }

    @AfterAll
    static void stop() {
        management.shutdown();
    }

    @BeforeEach
    void empty() {
        run("MATCH (n) WHERE NOT n:WebhookCapture DETACH DELETE n");
        run("CREATE (:Project {id: 'u-1', safe_name: 'case', name: 'Case'})");
        takeRows();
    }

    @Test
    void tellsOfAProject() {
        run("CREATE (:Project {id: 'u-2', safe_name: 'two', name: 'Two'})");
        run("MATCH (p:Project {id: 'u-2'}) SET p.name = 'Second'");
        run("MATCH (p:Project {id: 'u-2'}) DETACH DELETE p");
        assertEquals(
                List.of(
                        "[[\"+Project\",\"two\",\"u-2\",null,null,\"Two\"]]",
                        "[[\"-Project\",\"two\",\"u-2\",null,null,\"Second\"]]"),
                takeRows());
    }

    @Test
    void tellsOfAPersonWithItsProject() {
        run(PERSON, Map.of("id", "e-1"));
        assertEquals(List.of("[[\"+HAS_PERSON\",\"case\",\"e-1\",null,null,\"u-1\"]]"), takeRows());
        run("MATCH (e:Person) SET e.entity_type = 'person'");
        assertEquals(List.of("[[\"~Person\",null,\"e-1\",\"entity_type\"]]"), takeRows());
        run("MATCH (e:Person) SET e.entity_type = 'person'");
        assertEquals(List.of(), takeRows());
        run("MATCH (e:Person) REMOVE e.created_at");
        assertEquals(List.of("[[\"~Person\",null,\"e-1\",\"created_at\"]]"), takeRows());
        run("MATCH (e:Person) DETACH DELETE e");
        assertEquals(
                List.of("[[\"-HAS_PERSON\",\"case\",\"e-1\",null,null,\"u-1\"],[\"-Person\",null,\"e-1\",null,null,\"person\"]]"),
                takeRows());
    }

    @Test
    void knowsTheProjectThatWentAlong() {
        run(PERSON, Map.of("id", "e-1"));
        takeRows();
        run("MATCH (n) WHERE n:Person OR n:Project DETACH DELETE n");
        String row = takeRows().get(0);
        assertTrue(row.contains("[\"-HAS_PERSON\",\"case\",\"e-1\",null,null,\"u-1\"]"), row);
        assertTrue(row.contains("[\"-Project\",\"case\",\"u-1\",null,null,\"Case\"]"), row);
    }

    @Test
    void carriesOldValuesAndNewOnesOfRelationshipsOnly() {
        run(PERSON, Map.of("id", "e-1"));
        takeRows();
        run(FIELD, Map.of("id", "e-1", "section", "core", "field", "nationality", "value", "FR"));
        run(FIELD, Map.of("id", "e-1", "section", "Tagged People", "field", "tagged_people", "value", "[\"e-2\"]"));
        run("MATCH (f:FieldValue) DETACH DELETE f");
        List<String> rows = takeRows();
        assertEquals("[[\"+HAS_FIELD_VALUE\",\"e-1\",null,\"core\",\"nationality\"]]", rows.get(0));
        assertEquals(
                "[[\"+HAS_FIELD_VALUE\",\"e-1\",null,\"Tagged People\",\"tagged_people\",\"[\\\"e-2\\\"]\"]]", rows.get(1));
        assertTrue(rows.get(2).contains("[\"-HAS_FIELD_VALUE\",\"e-1\",null,\"core\",\"nationality\",\"FR\"]"), rows.get(2));
    }

    @Test
    void tellsOfAValueThatIsChangedInPlace() {
        run(PERSON, Map.of("id", "e-1"));
        run(FIELD, Map.of("id", "e-1", "section", "core", "field", "nationality", "value", "FR"));
        takeRows();
        run("MATCH (f:FieldValue) SET f.value = 'IT'");
        assertEquals(
                List.of("[[\"-HAS_FIELD_VALUE\",\"e-1\",null,\"core\",\"nationality\",\"FR\"],"
                        + "[\"+HAS_FIELD_VALUE\",\"e-1\",null,\"core\",\"nationality\"]]"),
                takeRows());
    }

    @Test
    void tellsOfOrphansAndFilesAndTags() {
        run("UNWIND ['e-1', 'e-2'] AS id MATCH (p:Project) CREATE (p)-[:HAS_PERSON]->(:Person {id: id})");
        takeRows();
        run("MATCH (p:Project) CREATE (p)-[:HAS_ORPHAN]->(:OrphanData {id: 'o-1'})");
        run("MATCH (o:OrphanData), (e:Person {id: 'e-1'}) CREATE (o)-[:LINKED_TO]->(e) SET o.linked_entity_id = 'e-1'");
        run("MATCH (a:Person {id: 'e-1'}), (b:Person {id: 'e-2'}) CREATE (a)-[:LINKED_TO]->(b)");
        run("MATCH (e:Person {id: 'e-1'}) CREATE (e)-[:HAS_FILE]->(:File {id: 'f-1'})");
        run("MATCH (a:Person {id: 'e-1'}), (b:Person {id: 'e-2'}) CREATE (a)-[:TAGGED {reason: 'r', confidence: 0.5}]->(b)");
        run("MATCH ()-[t:TAGGED]->() SET t.reason = 'r2'");
        run("MATCH ()-[t:TAGGED]->() DELETE t");
        assertEquals(
                List.of(
                        "[[\"+HAS_ORPHAN\",\"case\",\"o-1\",null,null,\"u-1\"]]",
                        "[[\"+LINKED_TO\",\"o-1\",\"e-1\"],[\"~OrphanData\",null,\"o-1\",\"linked_entity_id\",null,\"e-1\"]]",
                        "[[\"+HAS_FILE\",\"e-1\",\"f-1\"]]",
                        "[[\"+TAGGED\",\"e-1\",\"e-2\",null,null,{\"confidence\":0.5,\"reason\":\"r\"}]]",
                        "[[\"~TAGGED\",\"e-1\",\"e-2\",null,null,{\"confidence\":0.5,\"reason\":\"r2\"}]]",
                        "[[\"-TAGGED\",\"e-1\",\"e-2\",null,null,{\"confidence\":0.5,\"reason\":\"r2\"}]]"),
                takeRows());
        run("MATCH (:OrphanData)-[link:LINKED_TO]->() DELETE link");
        run("MATCH (o:OrphanData) DETACH DELETE o");
        assertEquals(
                List.of(
                        "[[\"-LINKED_TO\",\"o-1\",\"e-1\"]]",
                        "[[\"-HAS_ORPHAN\",\"case\",\"o-1\",null,null,\"u-1\"],[\"-OrphanData\",null,\"o-1\"]]"),
                takeRows());
    }

    @Test
    void splitsALargeTransaction() {
        run("UNWIND range(1, 2500) AS i MATCH (p:Project) CREATE (p)-[:HAS_PERSON]->(:Person {id: 'e-' + i})");
        List<String> rows = takeRows();
        assertEquals(3, rows.size());
        assertEquals(2500, rows.stream().mapToInt(row -> row.split("\\+HAS_PERSON", -1).length - 1).sum());
    }

    @Test
    void keepsTogetherWhatIsSaidOfOneSubject() {
        run("UNWIND range(1, 1500) AS i MATCH (p:Project) CREATE (p)-[:HAS_PERSON]->(:Person {id: 'e-' + i})");
        takeRows();
        run("MATCH (p:Person) DETACH DELETE p");
        assertEquals(
                List.of("3 rows of 1"),
                column("MATCH (r:WebhookOutbox) WITH r.tx AS tx, r.parts AS parts, count(*) AS rows"
                        + " WHERE parts = rows WITH parts, count(DISTINCT tx) AS transactions"
                        + " RETURN parts + ' rows of ' + transactions AS value"));
        for (String row : takeRows()) {
            for (String person : row.split("\\[\"-HAS_PERSON\",\"case\",\"")) {
                String id = person.split("\"")[0];
                assertTrue(id.equals("[") || row.contains("[\"-Person\",null,\"" + id + "\"]"), id);
            }
        }
    }

    @Test
    void writesNothingForOthersForItselfAndAfterARollback() {
        run("CREATE (:Section {id: 's'})-[:HAS]->(:WebhookDelivery {id: 'd'})");
        run("CREATE (:WebhookOutbox {event: 'entity.created', data: '{}'})");
        try (Transaction tx = database.beginTx()) {
            tx.execute(PERSON, Map.of("id", "e-1"));
            tx.rollback();
        }
        run("MATCH (row:WebhookOutbox) WHERE row.changes IS NULL DELETE row");
        assertEquals(List.of(), takeRows());
    }

    @Test
    void numbersTheRowsInTheOrderOfTheirCommits() {
        for (int i = 0; i < 50; i++) {
            run(PERSON, Map.of("id", "e-" + i));
        }
        List<String> rows = takeRows();
        for (int i = 0; i < 50; i++) {
            assertTrue(rows.get(i).contains("\"e-" + i + "\""), rows.get(i));
        }
    }

    @Test
    void neverFailsATransactionOfTheUser() {
        run("CREATE CONSTRAINT broken FOR (row:WebhookOutbox) REQUIRE row.changes IS UNIQUE");
        try {
            run(PERSON, Map.of("id", "twice"));
            run("MATCH (e:Person {id: 'twice'}) DETACH DELETE e");
            run(PERSON, Map.of("id", "twice"));
            assertEquals(List.of(1L), column("MATCH (e:Person {id: 'twice'}) RETURN count(e) AS value"));
            assertEquals(List.of(1L), column("MATCH (r:WebhookOutbox) WHERE r.error IS NOT NULL RETURN count(r) AS value"));
        } finally {
            run("DROP CONSTRAINT broken");
        }
    }

    @Test
    void countsWhatItCouldNotWrite() throws InterruptedException {
        run("CREATE CONSTRAINT broken FOR (row:WebhookOutbox) REQUIRE row.changes IS UNIQUE");
        try {
            run("MERGE (c:WebhookCapture {id: 'plugin'}) SET c.lost = 0 REMOVE c.gap_since");
            for (int i = 0; i < 3; i++) {
                run(PERSON, Map.of("id", "same"));
                run("MATCH (e:Person {id: 'same'}) DETACH DELETE e");
            }
            // Two kinds of rows, of which the first of each could be written.
            List<Object> told = List.of();
            for (int look = 0; look < 600 && told.isEmpty(); look++) {
                Thread.sleep(100);
                told = column("MATCH (c:WebhookCapture {id: 'plugin'}) WHERE c.lost >= 4 AND c.gap_since > 0"
                        + " RETURN c.lost AS value");
            }
            assertEquals(1, told.size());
        } finally {
            run("DROP CONSTRAINT broken");
        }
    }

    @Test
    void countsNothingOfATransactionThatIsRolledBackAfterAll() throws InterruptedException {
        String change = "MATCH (e:Person {id: 'e-1'}) SET e.entity_type = randomUUID()";
        run(PERSON, Map.of("id", "e-1"));
        run("CREATE CONSTRAINT broken FOR (row:WebhookOutbox) REQUIRE row.changes IS UNIQUE");
        try {
            run(change);
            run("MERGE (c:WebhookCapture {id: 'plugin'}) SET c.lost = 0 REMOVE c.gap_since");
            management.registerTransactionEventListener("neo4j", REFUSAL);
            try {
                for (int i = 0; i < 3; i++) {
                    assertThrows(TransactionFailureException.class, () -> run(change));
                }
            } finally {
                management.unregisterTransactionEventListener("neo4j", REFUSAL);
            }
            run(change);
            List<Object> told = List.of();
            for (int look = 0; look < 600 && told.isEmpty(); look++) {
                Thread.sleep(100);
                told = column("MATCH (c:WebhookCapture {id: 'plugin'}) WHERE c.lost > 0 RETURN c.lost AS value");
            }
            assertEquals(List.of(1L), told);
        } finally {
            run("DROP CONSTRAINT broken");
        }
    }

    @Test
    void tellsNothingOfWhatCameAndWentInOneTransaction() {
        run("MATCH (p:Project) CREATE (p)-[h:HAS_PERSON]->(e:Person {id: 'e-1'})"
                + " CREATE (e)-[:HAS_FIELD_VALUE]->(:FieldValue {section_id: 'core', field_id: 'a', value: '1'})"
                + " WITH e MATCH (e)--(n) WHERE NOT n:Project DETACH DELETE n, e");
        assertEquals(List.of(), takeRows());
    }

    @Test
    void tellsThatAnEntityWentBeforeItCameAgainWithTheSameId() {
        run(PERSON, Map.of("id", "e-1"));
        takeRows();
        run("MATCH (p:Project)-[:HAS_PERSON]->(e:Person {id: 'e-1'}) DETACH DELETE e"
                + " WITH p CREATE (p)-[:HAS_PERSON]->(:Person {id: 'e-1'})");
        assertEquals(
                List.of("[[\"-HAS_PERSON\",\"case\",\"e-1\",null,null,\"u-1\"],[\"-Person\",null,\"e-1\"],"
                        + "[\"+HAS_PERSON\",\"case\",\"e-1\",null,null,\"u-1\"]]"),
                takeRows());
    }

    @Test
    void namesEachProjectOfAnEntity() {
        run("CREATE (:Project {id: 'u-2', safe_name: 'two', name: 'Two'})");
        takeRows();
        run("CREATE (e:Person {id: 'e-1'}) WITH e MATCH (p:Project) CREATE (p)-[:HAS_PERSON]->(e)");
        String row = takeRows().get(0);
        assertTrue(row.contains("[\"+HAS_PERSON\",\"case\",\"e-1\",null,null,\"u-1\"]"), row);
        assertTrue(row.contains("[\"+HAS_PERSON\",\"two\",\"e-1\",null,null,\"u-2\"]"), row);
    }

    @Test
    void keepsNamesOfPropertiesAndFieldsWhateverTheyAre() {
        run(PERSON, Map.of("id", "e-\"\\\n"));
        takeRows();
        run("MATCH (e:Person) SET e.`a \"b\"\\\\\n{}$\u00e9` = 1");
        assertEquals(List.of("[[\"~Person\",null,\"e-\\\"\\\\\\u000a\",\"a \\\"b\\\"\\\\\\\\\\u000a{}$\u00e9\"]]"), takeRows());
        run(FIELD, Map.of("id", "e-\"\\\n", "section", "", "field", "']\u2028", "value", 7L));
        assertEquals(
                List.of("[[\"+HAS_FIELD_VALUE\",\"e-\\\"\\\\\\u000a\",null,\"\",\"']\u2028\"]]"), takeRows());
    }

    @Test
    void carriesFormerValuesOfEachType() {
        run(PERSON, Map.of("id", "e-1"));
        for (String value : List.of(
                "true", "7", "1.5", "0.0 / 0.0", "point({x: 1, y: 2})", "date('2026-01-02')", "duration('P1D')",
                "[1, 2]", "['a', '\\\"']", "[1.5, 0.0 / 0.0]")) {
            run("MATCH (e:Person) CREATE (e)-[:HAS_FIELD_VALUE]->"
                    + "(:FieldValue {section_id: 'core', field_id: 'f', value: " + value + "})");
        }
        takeRows();
        run("MATCH (f:FieldValue) DETACH DELETE f");
        String row = takeRows().get(0);
        for (String value : List.of(
                "true", "7", "1.5", "null", "\"point({x: 1.0, y: 2.0, crs: 'cartesian'})\"", "\"2026-01-02\"", "\"P1D\"",
                "[1,2]", "[\"a\",\"\\\"\"]", "[1.5,null]")) {
            assertTrue(row.contains(",\"f\"," + value + "]"), value + " in " + row);
        }
    }

    @Test
    void cutsWhatIsTooLongWhereverItStands() {
        String text = "x".repeat(40_000);
        run(PERSON, Map.of("id", "e-1"));
        run("MATCH (e:Person) SET e.entity_type = $text", Map.of("text", text));
        run(FIELD, Map.of("id", "e-1", "section", "core", "field", "text", "value", text));
        run(FIELD, Map.of("id", "e-1", "section", "core", "field", "list", "value", List.of(text, "y")));
        run(FIELD, Map.of("id", "e-1", "section", "core", "field", "numbers", "value", java.util.Collections.nCopies(40_000, 1L)));
        run(FIELD, Map.of("id", "e-1", "section", "Tagged People", "field", "tagged_people", "value", text));
        run("MATCH (p:Project) SET p.name = $text", Map.of("text", text));
        takeRows();
        run("MATCH (n) WHERE NOT n:WebhookCapture DETACH DELETE n");
        String row = takeRows().get(0);
        for (String cut : List.of(
                "[\"-Person\",null,\"e-1\",null,null,{\"cut\":40000}]", "\"text\",{\"cut\":40000}]",
                "\"list\",{\"cut\":40003}]", "\"numbers\",{\"cut\":40000}]",
                "[\"-Project\",\"case\",\"u-1\",null,null,{\"cut\":40000}]")) {
            assertTrue(row.contains(cut), cut);
        }
        // What relationships are compared by comes whole.
        assertTrue(row.contains("\"tagged_people\",\"" + text + "\"]"));
        assertTrue(row.length() < 50_000);
    }

    @Test
    void takesOddDataAsItComes() {
        run("CREATE (:Person), (:Project), (:OrphanData)");
        run("MATCH (e:Person) SET e.place = point({x: 1, y: 2}), e.many = [1, 2], e.at = datetime(), e.long = duration('P1D')");
        run("MATCH (e:Person) REMOVE e:Person");
        run("CREATE (:Thing)-[:HAS_PERSON {since: 1}]->(:Thing)-[:TAGGED]->(:Thing)-[:HAS_FIELD_VALUE]->(:Thing)");
        run("MATCH (t:Thing) DETACH DELETE t");
        assertEquals(List.of(0L), column("MATCH (r:WebhookOutbox) WHERE r.error IS NOT NULL RETURN count(r) AS value"));
    }

    @Test
    void answersAProbeAndCapturesNothingOfAMarkedTransaction() {
        try (InternalTransaction tx = marked("probe")) {
            tx.execute("MERGE (c:WebhookCapture {id: 'probe'}) SET c.asked = 7");
            tx.execute("CREATE (:Project {id: 'u-3', safe_name: 'three'})");
            tx.commit();
        }
        assertEquals(List.of(7L), column("MATCH (c:WebhookCapture {id: 'probe'}) RETURN c.answered AS value"));
        assertEquals(List.of(), takeRows());
    }

    private static InternalTransaction marked(String mark) {
        InternalTransaction tx = ((GraphDatabaseAPI) database).beginTransaction(
                KernelTransaction.Type.IMPLICIT, LoginContext.AUTH_DISABLED);
        tx.setMetaData(Map.of(ChangeListener.MARK, mark));
        return tx;
    }

    private static void run(String statement) {
        run(statement, Map.of());
    }

    private static void run(String statement, Map<String, Object> parameters) {
        database.executeTransactionally(statement, parameters);
    }

    private static List<String> takeRows() {
        List<String> rows = new ArrayList<>();
        for (Object changes : column("MATCH (r:WebhookOutbox) RETURN r.changes AS value ORDER BY r.seq")) {
            rows.add((String) changes);
        }
        run("MATCH (r:WebhookOutbox) DELETE r");
        return rows;
    }

    private static List<Object> column(String statement) {
        return database.executeTransactionally(statement, Map.of(), (Result result) -> {
            List<Object> values = new ArrayList<>();
            result.forEachRemaining(row -> values.add(row.get("value")));
            return values;
        });
    }
}
