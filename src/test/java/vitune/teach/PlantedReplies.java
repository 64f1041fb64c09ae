package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.ResponseType;
import vitune.data.Turn;

/**
 * Replies of known truth: all claims of a clean one hold in its picture; one claim of a planted one does not. Knows
 * nothing of the check: its names, sentence forms and grammar are its own.
 */
final class PlantedReplies {
    /** Kinds of planted claims, in the order of the form file. */
    static final List<String> KINDS = List.of("invented", "count", "position", "denied", "yes");

    private static final List<String> NUMBERS =
            List.of("one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
    private static final List<String> ASKED =
            List.of("Describe the picture.", "What can you tell me about the scene?", "What do you notice?", "Go on.");

    /** Which forms the check was made with: two of three; every third was not looked at; the others came later, in rounds. */
    enum Fold {
        SEEN,
        HELD_OUT,
        SECOND,
        THIRD,
        FOURTH,
        FIFTH,
        SIXTH,
        SEVENTH,
        EIGHTH,
        NINTH,
        TENTH
    }

    /** A sentence form: a statement, or a question with its answer. */
    record Form(String kind, String needs, @Nullable String question, String text, Fold fold) {}

    /**
     * A reply and what is known of it.
     *
     * @param kind of the planted claim, or null where all is true
     * @param planted the false sentences
     * @param turn where they stand, from 1
     */
    record Reply(
            ImageContext context,
            InstructionSample sample,
            @Nullable String kind,
            String planted,
            int turn) {}

    private record Item(@Nullable String question, String text) {}

    private final SplittableRandom random;
    private final Map<String, List<Form>> forms = new LinkedHashMap<>();

    PlantedReplies(long seed) {
        random = new SplittableRandom(seed);
        read("planted-forms.txt", null);
        for (var fold : Fold.values()) {
            int round = fold.ordinal(); // SEEN and HELD_OUT are both of the first
            if (round >= 2) read("planted-forms-" + round + ".txt", fold);
        }
    }

    private void read(String file, @Nullable Fold fold) {
        for (var line : lines(file)) {
            var head = line[0].split(" ");
            var said = line[1].split("\\s*=>\\s*");
            var of = forms.computeIfAbsent(head[0], kind -> new ArrayList<>());
            var question = said.length == 2 ? said[0] : null;
            of.add(new Form(
                    head[0],
                    head.length == 2 ? head[1] : "",
                    question,
                    said[said.length - 1],
                    fold != null ? fold : of.size() % 3 == 2 ? Fold.HELD_OUT : Fold.SEEN));
        }
    }

    /** The lines of a test resource, cut at the first |. */
    static List<String[]> lines(String name) {
        try (var in = Objects.requireNonNull(PlantedReplies.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("\\s*\\|\\s*", 2))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Form> forms(String kind, Fold fold) {
        return forms.getOrDefault(kind, List.of()).stream()
                .filter(form -> form.fold == fold)
                .toList();
    }

    /** Replies of which one claim of this kind is false, form by form in turn. */
    List<Reply> planted(String kind, int count, Fold fold) {
        var replies = new ArrayList<Reply>();
        var of = forms(kind, fold);
        while (replies.size() < count) {
            replies.add(reply(of.get(replies.size() % of.size()), replies.size(), fold));
        }
        return replies;
    }

    /** Replies of which all is true. */
    List<Reply> clean(int count, Fold fold) {
        var replies = new ArrayList<Reply>();
        while (replies.size() < count) replies.add(reply(null, replies.size(), fold));
        return replies;
    }

    private Reply reply(@Nullable Form form, int number, Fold fold) {
        while (true) {
            var picture = new PlantedPicture(random);
            var false_ = form == null ? null : item(form, picture, false);
            if (form != null && false_ == null) continue;
            boolean described = random.nextBoolean() && (false_ == null || false_.question == null);
            var items = new ArrayList<Item>();
            int most = (described ? 1 : 2) + random.nextInt(4);
            while (items.size() < most) {
                var item = filler(picture, fold);
                if (!described || item.question == null) items.add(item);
            }
            int place = random.nextInt(items.size() + 1);
            if (false_ != null) items.add(place, false_);
            var turns = described ? List.of(described(items)) : turns(items);
            var type = described ? ResponseType.DETAILED_DESCRIPTION : ResponseType.CONVERSATION;
            var kind = form == null ? null : form.kind;
            var id = (kind == null ? "clean" : kind) + number + fold;
            var context = picture.context(id);
            var sample = new InstructionSample(id, List.of(context.image()), type, turns, Map.of());
            var text =
                    false_ == null ? "" : false_.question == null ? false_.text : false_.question + " " + false_.text;
            return new Reply(context, sample, kind, text, described ? 1 : place + 1);
        }
    }

    private Turn described(List<Item> items) {
        return new Turn(
                ASKED.get(0), String.join(" ", items.stream().map(Item::text).toList()));
    }

    private List<Turn> turns(List<Item> items) {
        var turns = new ArrayList<Turn>();
        for (var item : items) {
            var question = item.question == null ? ASKED.get(random.nextInt(ASKED.size())) : item.question;
            turns.add(new Turn(question, item.text));
        }
        return turns;
    }

    private Item filler(PlantedPicture picture, Fold fold) {
        var kinds = List.copyOf(forms.keySet());
        while (true) {
            var of = forms(kinds.get(random.nextInt(kinds.size())), fold);
            var item = item(of.get(random.nextInt(of.size())), picture, true);
            if (item != null) return item;
        }
    }

    /** The form filled in with what is true, or false, of the picture; null where the picture does not suit it. */
    private @Nullable Item item(Form form, PlantedPicture picture, boolean truth) {
        var words = new LinkedHashMap<String, String>();
        var t = picture.single(2);
        put(words, "t", t);
        var absent = picture.absent(random);
        var other = absent;
        while (other.category().equals(absent.category())) other = picture.absent(random);
        put(words, "z", other);
        boolean denied = form.kind.equals("denied");
        boolean several = denied ? random.nextBoolean() : form.text.contains("{xs}") || form.text.contains("{Xs}");
        var x = truth == denied ? absent : several ? picture.group(random) : picture.single(3);
        put(words, "x", form.kind.equals("trap") ? absent : x);
        put(words, "y", x);
        put(words, "p", picture.captioned());
        if (!count(form, picture, truth, words)) return null;
        if (!position(form, picture, truth, words)) return null;
        return new Item(form.question == null ? null : fill(form.question, words), fill(form.text, words));
    }

    private boolean count(Form form, PlantedPicture picture, boolean truth, Map<String, String> words) {
        var c = truth && form.needs.equals("one") ? picture.single(3) : picture.group(random);
        if (!truth && form.needs.isEmpty() && random.nextInt(3) == 0) c = picture.single(3);
        put(words, "c", c);
        int right = c.count(), said = right;
        if (form.kind.equals("trap")) {
            int k = 2 + random.nextInt(Math.max(1, right - 3));
            words.put("k", NUMBERS.get(k - 1));
            words.put("m", NUMBERS.get(Math.max(0, right - k - 1)));
            return !form.text.contains("{K}") || right >= (form.text.contains("{m}") ? 4 : 3);
        }
        if (!form.kind.equals("count")) return true;
        while (!truth && said == right) said = 2 + random.nextInt(6);
        words.put("n", NUMBERS.get(said - 1));
        words.put("d", "" + said);
        return switch (form.needs) {
            case "one" -> truth == (right == 1);
            case "two" -> truth ? right == 2 : right > 3 || right == 3 && !form.text.contains("couple");
            case "dozen" -> !truth;
            default -> true;
        };
    }

    private boolean position(Form form, PlantedPicture picture, boolean truth, Map<String, String> words) {
        if (!form.kind.equals("position")) return true;
        int side = picture.side(), said = truth ? side : side ^ 1; // left, right, above, below
        if (!truth && form.needs.isEmpty() && random.nextInt(5) == 0) said = side ^ 2 ^ random.nextInt(2);
        if (form.needs.equals("h") && side > 1 || form.needs.equals("v") && side < 2) return false;
        var a = picture.single(0);
        var b = picture.single(1);
        put(words, "a", a);
        put(words, "b", b);
        words.put("rel", PlantedPicture.phrase(said, random));
        words.put("rev", PlantedPicture.phrase(said ^ 1, random));
        words.put("dir", List.of("left", "right", "above", "below").get(said));
        words.put("side", said == 0 ? "left" : "right");
        words.put("other", said == 0 ? "right" : "left");
        boolean first = said == 0 || said == 2;
        put(words, "le", first ? a : b);
        put(words, "ri", first ? b : a);
        put(words, "hi", first ? a : b);
        put(words, "lo", first ? b : a);
        return true;
    }

    private static void put(Map<String, String> words, String slot, PlantedPicture.Thing thing) {
        words.put(slot, thing.name());
        words.put(slot + "s", thing.plural());
        words.put("a" + slot, ("aeiou".indexOf(thing.name().charAt(0)) < 0 ? "a " : "an ") + thing.name());
    }

    private static String fill(String text, Map<String, String> words) {
        var filled = new StringBuilder();
        int from = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
            int close = text.indexOf('}', open);
            var slot = text.substring(open + 1, close);
            var word = Objects.requireNonNull(words.get(slot.toLowerCase(Locale.ROOT)), slot);
            boolean capital = Character.isUpperCase(slot.charAt(0));
            filled.append(text, from, open)
                    .append(capital ? Character.toUpperCase(word.charAt(0)) + word.substring(1) : word);
            from = close + 1;
        }
        return filled.append(text.substring(from)).toString();
    }
}
