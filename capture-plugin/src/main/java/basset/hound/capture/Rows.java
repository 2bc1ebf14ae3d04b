package basset.hound.capture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the changes of a large transaction are shared out among rows: all that is said of one subject stands in one row,
 * so that each row can be understood without the others. The rows of a transaction do not become visible at once, and
 * the service reads a bounded number of them at a time.
 */
final class Rows {
    private Rows() {}

    /** Rows of about {@code most} changes; of a subject with more than that, a row as large as it needs. */
    static List<List<List<Object>>> of(List<List<Object>> changes, int most) {
        if (changes.size() <= most) {
            return List.of(changes);
        }
        List<List<List<Object>>> rows = new ArrayList<>();
        List<List<Object>> row = new ArrayList<>();
        for (List<List<Object>> own : bySubject(changes)) {
            if (!row.isEmpty() && row.size() + own.size() > most) {
                rows.add(row);
                row = new ArrayList<>();
            }
            row.addAll(own);
        }
        rows.add(row);
        return rows;
    }

    /** In the order of their first changes. */
    private static Iterable<List<List<Object>>> bySubject(List<List<Object>> changes) {
        Map<String, List<List<Object>>> subjects = new LinkedHashMap<>();
        for (List<Object> change : changes) {
            subjects.computeIfAbsent(subjectOf(change), subject -> new ArrayList<>()).add(change);
        }
        return subjects.values();
    }

    /** As the service sees it: src/capture/subjects.ts. */
    private static String subjectOf(List<Object> change) {
        String what = ((String) change.get(0)).substring(1);
        return switch (what) {
            case "HAS_FIELD_VALUE", "HAS_FILE", "TAGGED" -> "entity:" + part(change, 1);
            case "HAS_PERSON", "Person" -> "entity:" + part(change, 2);
            case "HAS_ORPHAN", "OrphanData" -> "orphan:" + part(change, 2);
            case "LINKED_TO" -> "orphan:" + part(change, 1);
            default -> what + ":" + part(change, 1);
        };
    }

    private static Object part(List<Object> change, int i) {
        return i < change.size() ? change.get(i) : null;
    }
}
