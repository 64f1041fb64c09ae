package vitune.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vitune.data.English;
import vitune.data.TextResource;

/** The held-out wordings by kind of question, read from {@code wordings.txt}, and how they are filled. */
final class Wordings {
    private final Map<String, List<String>> templates = new LinkedHashMap<>();

    private Wordings() {}

    static Wordings heldOut() {
        Wordings wordings = new Wordings();
        for (String line : TextResource.lines(Wordings.class, "wordings.txt")) {
            int colon = line.indexOf(':');
            wordings.templates
                    .computeIfAbsent(line.substring(0, colon), kind -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return wordings;
    }

    /** The templates of a kind, in the order of the file. */
    List<String> of(String kind) {
        return templates.get(kind);
    }

    /** A template in words: {@code count} decides between "is the dog" and "are the dogs". */
    static String fill(String template, String thing, int count, @Nullable String other) {
        String text = template.replace("{a thing}", English.a(thing))
                .replace("{things}", English.plural(thing))
                .replace("{thing}", thing)
                .replace("{it}", count == 1 ? thing : English.plural(thing))
                .replace("{is}", count == 1 ? "is" : "are");
        return other == null ? text : text.replace("{other}", other);
    }
}
