package basset.hound.capture;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.event.LabelEntry;
import org.neo4j.graphdb.event.PropertyEntry;
import org.neo4j.graphdb.event.TransactionData;

/**
 * What one transaction changed of the Basset Hound entities, as rows {@code [sign and kind, start, end, section or key,
 * field, value]}; see docs/capture.md. Nothing of a node that the transaction deletes can be read any more but what the
 * transaction data tells: its former labels and properties.
 */
final class Changes {
    private static final Label PROJECT = Label.label("Project");
    private static final Label PERSON = Label.label("Person");
    private static final Label ORPHAN = Label.label("OrphanData");
    private static final Label FIELD = Label.label("FieldValue");
    private static final RelationshipType HAS_FIELD_VALUE = RelationshipType.withName("HAS_FIELD_VALUE");
    private static final Set<String> TYPES =
            Set.of("HAS_PERSON", "HAS_FIELD_VALUE", "HAS_FILE", "HAS_ORPHAN", "LINKED_TO", "TAGGED");
    /** Its values are the relationships between entities; the service needs both sides of a change. */
    private static final String RELATIONSHIPS = "Tagged People";
    /** Where a row has its section, and its value. */
    private static final int SECTION = 3;
    private static final int VALUE = 5;
    /** Longer values are not carried: for them only the change is told. */
    private static final int LONGEST_VALUE = 32_768;
    private static final int LONGEST_RELATIONSHIPS = 4_194_304;

    private final TransactionData data;
    private final List<List<Object>> rows = new ArrayList<>();
    private final Map<String, Set<String>> oldLabels = new HashMap<>();
    private final Map<String, Map<String, Object>> oldProperties = new HashMap<>();
    private final Set<String> made = new HashSet<>();
    private final Set<String> gone = new HashSet<>();

    Changes(TransactionData data) {
        this.data = data;
    }

    List<List<Object>> collect() {
        readFormer();
        deletedRelationships();
        deletedNodes();
        createdNodes();
        createdRelationships();
        changedProperties(data.assignedNodeProperties());
        changedProperties(data.removedNodeProperties());
        changedTags();
        return rows;
    }

    private void readFormer() {
        for (Node node : data.createdNodes()) {
            made.add(node.getElementId());
        }
        for (Node node : data.deletedNodes()) {
            gone.add(node.getElementId());
        }
        if (gone.isEmpty()) {
            return;
        }
        for (LabelEntry entry : data.removedLabels()) {
            oldLabels.computeIfAbsent(entry.node().getElementId(), id -> new HashSet<>()).add(entry.label().name());
        }
        for (PropertyEntry<Node> entry : data.removedNodeProperties()) {
            if (gone.contains(entry.entity().getElementId())) {
                oldProperties
                        .computeIfAbsent(entry.entity().getElementId(), id -> new HashMap<>())
                        .put(entry.key(), entry.previouslyCommittedValue());
            }
        }
    }

    private void deletedRelationships() {
        Map<String, Map<String, Object>> tags = new HashMap<>();
        for (PropertyEntry<Relationship> entry : data.removedRelationshipProperties()) {
            if (data.isDeleted(entry.entity())) {
                tags.computeIfAbsent(entry.entity().getElementId(), id -> new TreeMap<>())
                        .put(entry.key(), shortened(entry.previouslyCommittedValue(), LONGEST_VALUE));
            }
        }
        for (Relationship relationship : data.deletedRelationships()) {
            if (TYPES.contains(relationship.getType().name())) {
                relationship("-", relationship, tags.get(relationship.getElementId()));
            }
        }
    }

    private void createdRelationships() {
        for (Relationship relationship : data.createdRelationships()) {
            String type = relationship.getType().name();
            if (TYPES.contains(type)) {
                relationship("+", relationship, "TAGGED".equals(type) ? propertiesOf(relationship) : null);
            }
        }
    }

    private void relationship(String sign, Relationship relationship, Map<String, Object> properties) {
        String type = relationship.getType().name();
        Node start = relationship.getStartNode();
        Node end = relationship.getEndNode();
        String kind = sign + type;
        switch (type) {
            case "HAS_FIELD_VALUE" -> field(sign, start, end);
            case "HAS_PERSON", "HAS_ORPHAN" ->
                    row(kind, property(start, "safe_name"), property(end, "id"), null, null, property(start, "id"));
            case "LINKED_TO" -> {
                if (has(start, ORPHAN)) {
                    row(kind, property(start, "id"), property(end, "id"));
                }
            }
            case "TAGGED" -> row(kind, property(start, "id"), property(end, "id"), null, null, properties);
            default -> row(kind, property(start, "id"), property(end, "id"));
        }
    }

    private void field(String sign, Node entity, Node value) {
        Object section = property(value, "section_id");
        boolean carried = "-".equals(sign) || RELATIONSHIPS.equals(section);
        Object content = carried ? shortened(property(value, "value"), limitOf(section)) : null;
        row(sign + "HAS_FIELD_VALUE", property(entity, "id"), null, section, property(value, "field_id"), content);
    }

    private void createdNodes() {
        for (LabelEntry entry : data.assignedLabels()) {
            if (PROJECT.equals(entry.label())) {
                Node node = entry.node();
                row("+Project", property(node, "safe_name"), property(node, "id"), null, null, property(node, "name"));
            }
        }
    }

    private void deletedNodes() {
        for (Node node : data.deletedNodes()) {
            if (has(node, PERSON)) {
                row("-Person", null, property(node, "id"), null, null, property(node, "entity_type"));
            } else if (has(node, PROJECT)) {
                row("-Project", property(node, "safe_name"), property(node, "id"), null, null, property(node, "name"));
            } else if (has(node, ORPHAN)) {
                row("-OrphanData", null, property(node, "id"));
            }
        }
    }

    /** Of nodes that were there before and still are. */
    private void changedProperties(Iterable<PropertyEntry<Node>> entries) {
        for (PropertyEntry<Node> entry : entries) {
            Node node = entry.entity();
            if (made.contains(node.getElementId()) || gone.contains(node.getElementId()) || !isChange(entry)) {
                continue;
            }
            if (node.hasLabel(PERSON)) {
                row("~Person", null, property(node, "id"), entry.key());
            } else if (node.hasLabel(ORPHAN)) {
                Object linked = "linked_entity_id".equals(entry.key()) ? property(node, entry.key()) : null;
                row("~OrphanData", null, property(node, "id"), entry.key(), null, linked);
            } else if (node.hasLabel(FIELD) && "value".equals(entry.key())) {
                changedField(node, entry.previouslyCommittedValue());
            }
        }
    }

    /** A value that is changed in place counts as the old field removed and the new one added. */
    private void changedField(Node value, Object before) {
        for (Relationship owner : value.getRelationships(Direction.INCOMING, HAS_FIELD_VALUE)) {
            Object section = property(value, "section_id");
            Object entity = property(owner.getStartNode(), "id");
            Object old = shortened(before, limitOf(section));
            row("-HAS_FIELD_VALUE", entity, null, section, property(value, "field_id"), old);
            field("+", owner.getStartNode(), value);
        }
    }

    private void changedTags() {
        Set<String> told = new HashSet<>();
        for (Relationship relationship : data.createdRelationships()) {
            told.add(relationship.getElementId());
        }
        for (Iterable<PropertyEntry<Relationship>> entries :
                List.of(data.assignedRelationshipProperties(), data.removedRelationshipProperties())) {
            for (PropertyEntry<Relationship> entry : entries) {
                Relationship tag = entry.entity();
                if (data.isDeleted(tag) || !"TAGGED".equals(tag.getType().name()) || !told.add(tag.getElementId())) {
                    continue;
                }
                row("~TAGGED", property(tag.getStartNode(), "id"), property(tag.getEndNode(), "id"), null, null,
                        propertiesOf(tag));
            }
        }
    }

    private boolean has(Node node, Label label) {
        return gone.contains(node.getElementId())
                ? oldLabels.getOrDefault(node.getElementId(), Set.of()).contains(label.name())
                : node.hasLabel(label);
    }

    private Object property(Node node, String key) {
        return gone.contains(node.getElementId())
                ? oldProperties.getOrDefault(node.getElementId(), Map.of()).get(key)
                : node.getProperty(key, null);
    }

    private static Map<String, Object> propertiesOf(Relationship relationship) {
        Map<String, Object> properties = new TreeMap<>();
        for (String key : relationship.getPropertyKeys()) {
            properties.put(key, shortened(relationship.getProperty(key), LONGEST_VALUE));
        }
        return properties;
    }

    private static boolean isChange(PropertyEntry<?> entry) {
        Object now;
        try {
            now = entry.value();
        } catch (IllegalStateException removed) {
            return true;
        }
        return !Objects.deepEquals(now, entry.previouslyCommittedValue());
    }

    private static int limitOf(Object section) {
        return RELATIONSHIPS.equals(section) ? LONGEST_RELATIONSHIPS : LONGEST_VALUE;
    }

    /** A value that is too long stands as {@code {"cut": length}}. */
    private static Object shortened(Object value, int longest) {
        if (value == null || value instanceof Map) {
            return value;
        }
        long length = lengthOf(value);
        return length > longest || value instanceof byte[] ? Map.of("cut", length) : value;
    }

    /** In characters, about; of a list all of it. */
    private static long lengthOf(Object value) {
        if (value instanceof String text) {
            return text.length();
        }
        if (!value.getClass().isArray()) {
            return 0;
        }
        long length = Array.getLength(value);
        if (value instanceof String[] texts) {
            for (String text : texts) {
                length += text.length();
            }
        }
        return length;
    }

    private void row(Object... parts) {
        int length = parts.length;
        while (parts[length - 1] == null) {
            length--;
        }
        List<Object> row = new ArrayList<>(Arrays.asList(parts).subList(0, length));
        if (length > VALUE && !RELATIONSHIPS.equals(row.get(SECTION))) {
            row.set(VALUE, shortened(row.get(VALUE), LONGEST_VALUE));
        }
        rows.add(row);
    }
}
