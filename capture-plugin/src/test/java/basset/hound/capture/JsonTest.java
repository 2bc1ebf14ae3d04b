package basset.hound.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void writesWhatPropertiesHold() {
        List<Object> values = Arrays.asList(null, true, 7L, 1.5, "a", new long[] {1, 2}, new String[] {"x"}, Map.of("k", 1));
        assertEquals("[null,true,7,1.5,\"a\",[1,2],[\"x\"],{\"k\":1}]", Json.of(values));
    }

    @Test
    void writesNoNumberThatJsonLacks() {
        assertEquals("[null,null]", Json.of(List.of(Double.NaN, Double.POSITIVE_INFINITY)));
    }

    @Test
    void escapesWhatWouldEndAStringOrIsNoCharacter() {
        assertEquals("\"\\\"\\\\\\u000a\\u0000\"", Json.of("\"\\\n\0"));
        assertEquals("\"\\ud800x\\udc00\"", Json.of("\ud800x\udc00"));
        assertEquals("\"\ud83d\udc15\"", Json.of("\ud83d\udc15"));
    }
}
