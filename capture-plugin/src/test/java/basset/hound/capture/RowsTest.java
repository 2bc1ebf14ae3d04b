package basset.hound.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
    private static List<Object> change(String kind, String start, String end) {
        List<Object> change = new ArrayList<>();
        change.add(kind);
        change.add(start);
        change.add(end);
        return change;
    }

    private static List<List<Object>> people(int count) {
        List<List<Object>> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(change("+HAS_PERSON", "case", "e-" + i));
        }
        return changes;
    }

    @Test
    void keepsWhatFitsInOneRowAsItIs() {
        assertEquals(List.of(people(1000)), Rows.of(people(1000), 1000));
    }

    @Test
    void beginsAnotherRowWithTheNextChange() {
        List<List<List<Object>>> rows = Rows.of(people(1001), 1000);
        assertEquals(List.of(1000, 1), rows.stream().map(List::size).toList());
        assertEquals(people(1001), rows.stream().flatMap(List::stream).toList());
    }

    @Test
    void doesNotPartASubjectAtTheEndOfARow() {
        List<List<Object>> changes = people(3);
        changes.add(change("-HAS_FIELD_VALUE", "e-0", null));
        changes.add(change("-HAS_FILE", "e-2", "f"));
        changes.add(change("-TAGGED", "e-2", "e-1"));
        changes.add(change("-Person", null, "e-1"));
        assertEquals(
                List.of(
                        List.of(changes.get(0), changes.get(3)),
                        List.of(changes.get(1), changes.get(6)),
                        List.of(changes.get(2), changes.get(4), changes.get(5))),
                Rows.of(changes, 2));
    }

    @Test
    void tellsSubjectsOfDifferentKindsApart() {
        List<List<Object>> changes = List.of(
                change("+HAS_ORPHAN", "case", "x"), change("+HAS_PERSON", "case", "x"), change("+Project", "x", "u"),
                change("+LINKED_TO", "x", "y"), change("~OrphanData", null, "x"), change("-Person", null, "x"));
        assertEquals(
                List.of(
                        List.of(changes.get(0), changes.get(3), changes.get(4)),
                        List.of(changes.get(1), changes.get(5)),
                        List.of(changes.get(2))),
                Rows.of(changes, 1));
    }

    @Test
    void bearsChangesOfNobody() {
        List<List<Object>> changes = List.of(List.of("-Person"), List.of("+HAS_FILE"), List.of("~OrphanData"));
        assertEquals(List.of(2, 1), Rows.of(changes, 1).stream().map(List::size).toList());
    }
}
