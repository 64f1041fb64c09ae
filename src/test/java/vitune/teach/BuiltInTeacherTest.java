package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vitune.data.Box;
import vitune.data.English;
import vitune.data.ImageContext;
import vitune.data.ResponseType;
import vitune.data.Scene;
import vitune.data.Turn;

/**
 * Every answer of the built-in teacher is checked against the boxes it was asked about, not against what it made of
 * them.
 */
class BuiltInTeacherTest {
    private static final BuiltInModel MODEL = new BuiltInModel();
    private static final Map<ResponseType, Prompts> PROMPTS = Prompts.shipped();
    private static final List<Map.Entry<String, Pattern>> WORDINGS = Lines.read("builtin/questions.txt").stream()
            .map(line -> Map.entry(line[0], pattern(line[1])))
            .toList();

    /** A wording that reads its own words back: {A} becomes a group of that name. */
    private static Pattern pattern(String template) {
        var things = template.replace("?", "\\?")
                .replace(".", "\\.")
                .replace("{is}", "(?:is|are)")
                .replaceAll("\\{([a-zA-Z])\\}", "(?:an? )?(?<$1>[a-z ]+?)");
        return Pattern.compile(things, Pattern.CASE_INSENSITIVE);
    }

    private static List<Turn> turns(ResponseType type, ImageContext... contexts) throws ReplyForm.Unreadable {
        var prompts = PROMPTS.get(type);
        var request = prompts.request(List.of(contexts), false);
        return request.form().read(MODEL.reply(type, request.form(), request.messages()), prompts.instruction("x"));
    }

    private static String response(ResponseType type, ImageContext... contexts) throws ReplyForm.Unreadable {
        return turns(type, contexts).get(0).response();
    }

    @Test
    void everyAnswerAboutDrawnScenesIsRight() throws ReplyForm.Unreadable {
        var scenes = Contexts.scenes(400);
        var contexts = Contexts.drawn(400);
        var answers = new TreeMap<String, Integer>();
        for (int i = 0; i < contexts.size(); i++) {
            var colours = new HashMap<String, String>();
            scenes.get(i)
                    .groups()
                    .forEach(g -> colours.put(g.kind().label(), g.colour().label()));
            var turns = turns(ResponseType.CONVERSATION, contexts.get(i));
            assertTrue(turns.size() >= 6 && turns.size() <= 9, turns.toString());
            assertEquals(
                    turns.size(),
                    turns.stream()
                            .map(t -> t.instruction().toLowerCase(Locale.ROOT))
                            .distinct()
                            .count());
            for (var turn : turns) {
                var kind = check(
                        turn, contexts.get(i), colours, scenes.get(i).weather().label());
                answers.merge(kind + " " + turn.response(), 1, Integer::sum);
            }
        }
        assertEquals(answers.get("presence yes"), answers.get("presence no"));
        for (var answer : List.of("relation left", "relation right", "relation above", "relation below")) {
            assertTrue(answers.get(answer) > 12, answers.toString());
        }
        for (var answer : List.of("count one", "count two", "count three", "count four"))
            assertTrue(answers.get(answer) > 40);
    }

    @Test
    void everyAnswerAboutPhotographsIsRight() throws ReplyForm.Unreadable {
        int coloured = 0, related = 0;
        for (var context : Contexts.photographs(300)) {
            var told = context.boxes().get(0).category();
            boolean one = count(context, told) == 1;
            var colours = one ? Map.of(told, context.captions().get(0).split(" ")[1]) : Map.<String, String>of();
            for (var turn : turns(ResponseType.CONVERSATION, context)) {
                var kind = check(turn, context, colours, "");
                coloured += kind.equals("colour") ? 1 : 0;
                related += kind.equals("relation") ? 1 : 0;
            }
        }
        assertTrue(coloured > 30 && related > 30, coloured + " " + related);
    }

    /** Asserts that the answer follows from the boxes; returns the kind of question. */
    private static String check(Turn turn, ImageContext context, Map<String, String> colours, String weather) {
        for (var wording : WORDINGS) {
            var m = wording.getValue().matcher(turn.instruction());
            if (!m.matches()) continue;
            var expected = expected(wording.getKey(), m, context, colours, weather);
            if (expected == null) continue;
            assertEquals(expected, turn.response(), turn + " about " + context.boxes());
            return wording.getKey();
        }
        return fail("not one of our questions, or one that has no answer: " + turn + " about " + context.boxes());
    }

    private static String expected(
            String kind, Matcher m, ImageContext context, Map<String, String> colours, String weather) {
        if (kind.equals("describe")) return response(context);
        if (kind.equals("relation")) return relation(box(context, m.group("A")), box(context, m.group("B")), context);
        var thing = singular(m.group(1).toLowerCase(Locale.ROOT), context);
        long count = count(context, thing);
        return switch (kind) {
            case "presence" -> count > 0 ? "yes" : "no";
            case "colour" -> colours.get(thing);
            case "count" ->
                count < 1 || count > 4
                        ? null
                        : List.of("one", "two", "three", "four").get((int) count - 1);
            default -> thing.equals(weather) ? "yes" : "no";
        };
    }

    private static String response(ImageContext context) {
        try {
            return response(ResponseType.SUMMARY, context);
        } catch (ReplyForm.Unreadable e) {
            throw new AssertionError(e);
        }
    }

    private static String singular(String words, ImageContext context) {
        return context.boxes().stream()
                .map(Box::category)
                .filter(c -> words.equals(c) || words.equals(English.plural(c)))
                .findFirst()
                .orElse(words);
    }

    private static long count(ImageContext context, String category) {
        return context.boxes().stream()
                .filter(b -> b.category().equals(category))
                .count();
    }

    private static Box box(ImageContext context, String words) {
        var category = words.toLowerCase(Locale.ROOT);
        assertEquals(1, count(context, category), category + " must be a single one");
        return context.boxes().stream()
                .filter(b -> b.category().equals(category))
                .findFirst()
                .orElseThrow();
    }

    /** In shares of the picture, as the prompt tells it; on square pictures this is the rule in pixels. */
    private static String relation(Box a, Box b, ImageContext context) {
        double dx = (a.centreX() - b.centreX()) / context.width(), dy = (a.centreY() - b.centreY()) / context.height();
        boolean wide = Math.abs(dx) >= 1.8 * Math.abs(dy), high = Math.abs(dy) >= 1.8 * Math.abs(dx);
        assertTrue(
                (wide || high) && Math.max(Math.abs(dx), Math.abs(dy)) >= 20.0 / 96,
                "no clear relation: " + a + " " + b);
        return wide ? dx < 0 ? "left" : "right" : dy < 0 ? "above" : "below";
    }

    @Test
    void noQuestionIsGivenAwayByTheTurnsBefore() throws ReplyForm.Unreadable {
        for (var context : Contexts.drawn(300)) {
            var named = new HashSet<String>();
            for (var turn : turns(ResponseType.CONVERSATION, context)) {
                var words = List.of(turn.instruction().toLowerCase(Locale.ROOT).split("[^a-z]+"));
                var things = context.boxes().stream()
                        .map(Box::category)
                        .distinct()
                        .filter(c -> words.contains(c) || words.contains(English.plural(c)))
                        .toList();
                if (turn.response().equals("yes"))
                    assertTrue(things.stream().noneMatch(named::contains), turn + " after " + named);
                assertFalse(named.contains("description"), "a description comes last");
                named.addAll(things);
                if (turn.response().contains(" ")) named.add("description");
            }
        }
    }

    @Test
    void theSamePromptGetsTheSameReply() throws ReplyForm.Unreadable {
        for (var type : ResponseType.shipped()) {
            var contexts = Contexts.drawn(type.images()).toArray(ImageContext[]::new);
            assertEquals(turns(type, contexts), turns(type, contexts));
        }
    }

    @Test
    void descriptionsTellOfAllThingsAndOfPlaces() throws ReplyForm.Unreadable {
        for (var context : Contexts.drawn(200)) {
            var detailed = response(ResponseType.DETAILED_DESCRIPTION, context);
            int sentences = detailed.split("\\.").length;
            assertTrue(sentences >= 2 && sentences <= 4, detailed);
            assertTrue(detailed.contains(" at the "), detailed);
            for (var text : List.of(detailed, response(ResponseType.SUMMARY, context))) {
                for (var box : context.boxes())
                    assertTrue(text.contains(box.category()) || text.contains(English.plural(box.category())), text);
            }
            assertTrue(response(ResponseType.COMPLEX_REASONING, context).contains("because"));
        }
    }

    @Test
    void comparisonsTellWhatIsSharedAndWhatIsNot() throws ReplyForm.Unreadable {
        var a = context("a", List.of("A red car and two green dogs in the rain."), "car", "dog", "dog");
        var b = context("b", List.of("A blue car and one yellow boat at night."), "car", "boat");
        assertEquals(
                "Both pictures have cars. The car is red in the first picture and blue in the second. "
                        + "Only the first picture has two green dogs. Only the second picture has a yellow boat. "
                        + "It is rainy in the first picture and night in the second.",
                response(ResponseType.COMPARISON, a, b));
    }

    private static ImageContext context(String id, List<String> captions, String... categories) {
        var boxes = new ArrayList<Box>();
        for (var category : categories) boxes.add(new Box(category, 10 + 30 * boxes.size(), 10, 15, 15));
        return new ImageContext(id, Path.of(id + ".png"), 96, 96, captions, boxes);
    }

    @Test
    void drawnScenesAreSpokenOfInFewWordsAndNeverInHeldOutColours() throws ReplyForm.Unreadable {
        Set<String> words = new TreeSet<>();
        var heldOut = Stream.of(Scene.Kind.values())
                .map(k -> k.heldOutColour().label() + " " + k.label())
                .toList();
        var contexts = Contexts.drawn(400);
        for (int i = 0; i + 1 < contexts.size(); i++) {
            for (var type : ResponseType.shipped()) {
                var shown = contexts.subList(i, i + type.images()).toArray(ImageContext[]::new);
                for (var turn : turns(type, shown)) {
                    var text = (turn.instruction() + " " + turn.response()).toLowerCase(Locale.ROOT);
                    words.addAll(List.of(text.split("[^a-z]+")));
                    assertTrue(heldOut.stream().noneMatch(text::contains), text);
                }
            }
        }
        assertTrue(words.size() < 150, words.size() + " " + words);
        for (var foreign : List.of("person", "horse", "truck", "middle", "room")) assertFalse(words.contains(foreign));
    }

    @Test
    void photographsWithCaptionsAloneGetQuestionsToo() throws ReplyForm.Unreadable {
        var context = new ImageContext(
                "c", Path.of("c.jpg"), 640, 480, List.of("Two dogs and a white cat on a couch."), List.of());
        var turns = turns(ResponseType.CONVERSATION, context);
        assertTrue(turns.stream().anyMatch(t -> t.response().equals("two")), turns.toString());
        assertTrue(turns.stream().anyMatch(t -> t.response().equals("white")), turns.toString());
    }
}
