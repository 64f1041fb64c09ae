package vitune;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Small damage to files, from a seed: what disks, networks, editors and attackers do. */
public final class Mutations {
    private static final List<String> NUMBERS = List.of(
            "0",
            "-1",
            "1",
            "2",
            "3",
            "-0",
            "0.5",
            "1e3",
            "1e300",
            "1e999",
            "-1e999",
            "2147483647",
            "2147483648",
            "4294967296",
            "9223372036854775807",
            "9223372036854775808",
            "99999999999999999999999",
            "1e-400",
            "0x10");

    private final Random random;

    public Mutations(Random random) {
        this.random = random;
    }

    /** One to three bit flips, a cut, an insertion, a deletion, a copy of one part over another. */
    public byte[] bytes(byte[] whole) {
        byte[] bytes = whole.clone();
        if (bytes.length == 0) return new byte[] {(byte) random.nextInt()};
        int at = random.nextInt(bytes.length);
        int count = 1 + random.nextInt(Math.min(8, bytes.length - at));
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                return bytes;
            }
            case 2 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 3 -> {
                byte[] more = new byte[count];
                random.nextBytes(more);
                return join(Arrays.copyOf(bytes, at), more, Arrays.copyOfRange(bytes, at, bytes.length));
            }
            case 4 -> {
                return join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + count, bytes.length));
            }
            default -> {
                System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - count + 1), count);
                return bytes;
            }
        }
    }

    private static byte[] join(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    /** A JSON text of which one value or field is another, gone, twice there, or renamed. */
    public String json(String text) {
        JsonObject root = JsonParser.parseString(text).getAsJsonObject();
        List<Runnable> edits = new ArrayList<>();
        collect(root, edits);
        edits.get(random.nextInt(edits.size())).run();
        String edited = root.toString().replaceAll("\"@([^\"@]*)@\"", "$1"); // numbers that no tree can hold
        if (random.nextInt(8) == 0) { // a field twice, which no tree can hold
            int comma = edited.lastIndexOf(",\"", random.nextInt(edited.length()));
            int end = comma < 0 ? -1 : edited.indexOf(',', comma + 1);
            if (end > 0) edited = edited.substring(0, end) + edited.substring(comma, end) + edited.substring(end);
        }
        return edited;
    }

    private void collect(JsonElement element, List<Runnable> edits) {
        if (element instanceof JsonObject object) {
            object.entrySet().forEach(entry -> {
                String name = entry.getKey();
                JsonElement value = entry.getValue();
                edits.add(() -> object.add(name, hostile(value)));
                edits.add(() -> object.add(name, hostile(value)));
                edits.add(() -> object.remove(name));
                edits.add(() -> object.add(random.nextBoolean() ? name + "x" : "", object.remove(name)));
                collect(value, edits);
            });
            edits.add(() -> object.add("more", hostile(JsonNull.INSTANCE)));
        } else if (element instanceof JsonArray array) {
            Consumer<Integer> add = at -> {
                List<JsonElement> items = new ArrayList<>(array.asList());
                items.add(at, hostile(JsonNull.INSTANCE));
                while (!array.isEmpty()) array.remove(0);
                items.forEach(array::add);
            };
            for (int i = 0; i < array.size(); i++) {
                int at = i;
                edits.add(() -> array.set(at, hostile(array.get(at))));
                edits.add(() -> array.set(at, array.set(random.nextInt(array.size()), array.get(at)))); // swap
                edits.add(() -> array.remove(at));
                edits.add(() -> add.accept(at));
                collect(array.get(i), edits);
            }
            edits.add(() -> add.accept(array.size()));
        }
    }

    /** A value in place of another: nearby, of another kind, or absurd. */
    private JsonElement hostile(JsonElement value) {
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber() && random.nextBoolean()) {
            return new JsonPrimitive(value.getAsLong() + random.nextInt(-8, 9));
        }
        return switch (random.nextInt(9)) {
            case 0 -> JsonNull.INSTANCE;
            case 1 -> new JsonPrimitive(random.nextBoolean());
            case 2 -> new JsonPrimitive("");
            case 3 ->
                new JsonPrimitive(List.of("F32", "I64", "BF16", "F8_E4M3", "32", "true", "é\0\n", "x".repeat(1000))
                        .get(random.nextInt(8)));
            case 4 -> new JsonArray();
            case 5 -> new JsonObject();
            case 6 -> nested(random.nextInt(400));
            default -> new JsonPrimitive("@" + NUMBERS.get(random.nextInt(NUMBERS.size())) + "@"); // see json()
        };
    }

    private static JsonElement nested(int depth) {
        JsonElement element = new JsonPrimitive(1);
        for (int i = 0; i < depth; i++) {
            JsonArray outer = new JsonArray();
            outer.add(element);
            element = outer;
        }
        return element;
    }
}
