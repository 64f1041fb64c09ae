package vitune.evaluate;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vitune.data.Box;
import vitune.data.ClipArt;
import vitune.data.ImageContext;
import vitune.data.Pairs;
import vitune.data.Question;
import vitune.data.Scene;

class QuestionsTest {
    private static final List<Scene> SCENES = ClipArt.scenes(1000, 3, Pairs.HELD_OUT);
    private static final List<ImageContext> HELD_OUT = contexts(SCENES);

    /** Scenes as they come back from a COCO folder, without drawing them. */
    private static List<ImageContext> contexts(List<Scene> scenes) {
        return IntStream.range(0, scenes.size())
                .mapToObj(i -> {
                    List<Box> boxes = scenes.get(i).groups().stream()
                            .flatMap(g -> g.things().stream())
                            .map(Scene.Thing::box)
                            .toList();
                    String caption = scenes.get(i).groups().stream()
                            .map(g -> g.count() == 1
                                    ? "a " + g.colour().label() + " " + g.kind().label()
                                    : g.count() + " " + g.colour().label() + " "
                                            + g.kind().plural())
                            .collect(Collectors.joining(" and "));
                    return new ImageContext(
                            "s" + i, Path.of(i + ".png"), Scene.SIDE, Scene.SIDE, List.of(caption), boxes);
                })
                .toList();
    }

    private static ImageContext picture(String name, String caption, Box... boxes) {
        return new ImageContext(name, Path.of(name + ".png"), 96, 96, List.of(caption), List.of(boxes));
    }

    private static Map<String, Map<String, Long>> byKindAndAnswer(Questions questions) {
        return questions.questions().stream()
                .collect(groupingBy(
                        Question::kind, TreeMap::new, groupingBy(Question::answer, TreeMap::new, counting())));
    }

    @Test
    void everyAnswerOfAKindComesUpAsOften() {
        Questions questions = Questions.heldOut(HELD_OUT, 120, 7);
        assertEquals(
                "{colour={blue=20, green=20, orange=20, purple=20, red=20, yellow=20}, "
                        + "count={four=30, one=30, three=30, two=30}, presence={no=60, yes=60}, "
                        + "relation={above=30, below=30, left=30, right=30}}",
                byKindAndAnswer(questions).toString());
        assertEquals(List.of(), questions.notes());
        assertEquals(
                480, questions.questions().stream().map(Question::id).distinct().count());
        assertEquals(
                480,
                questions.questions().stream()
                        .map(q -> q.image() + q.text())
                        .distinct()
                        .count());
    }

    @Test
    void presenceCannotBeGuessedFromTheCategory() {
        Map<String, List<Question>> asked = Questions.heldOut(HELD_OUT, 120, 7).questions().stream()
                .filter(q -> q.kind().equals("presence"))
                .collect(groupingBy(q -> thing(q.text())));
        asked.forEach((thing, questions) -> assertEquals(
                questions.size(),
                2 * questions.stream().filter(q -> q.answer().equals("yes")).count(),
                thing));
    }

    private static String thing(String text) {
        return Stream.of(Scene.Kind.values())
                .filter(k -> text.matches(".*\\b(" + k.label() + "|" + k.plural() + ")\\b.*"))
                .findFirst()
                .orElseThrow()
                .label();
    }

    /** Answers are worked out anew here, from the scenes themselves. */
    @Test
    void answersAreTrueAndAskedThingsAreHeldOut() {
        for (Question question : Questions.heldOut(HELD_OUT, 120, 7)) {
            Scene scene =
                    SCENES.get(Integer.parseInt(question.image().toString().replace(".png", "")));
            String text = question.text().replaceAll(", (relative to|from) the \\w+", "");
            Scene.Kind kind = Scene.Kind.valueOf(thing(text).toUpperCase(Locale.ROOT));
            List<Scene.Group> groups =
                    scene.groups().stream().filter(g -> g.kind() == kind).toList();
            if (question.answer().equals("no")) {
                assertEquals(List.of(), groups, question.text());
                continue;
            }
            Scene.Group group = groups.get(0);
            assertTrue(group.heldOut(), question.text());
            switch (question.kind()) {
                case "colour" -> assertEquals(group.colour().label(), question.answer());
                case "count" ->
                    assertEquals(
                            group.count(),
                            List.of("zero", "one", "two", "three", "four").indexOf(question.answer()));
                default ->
                    assertTrue(List.of("yes", "left", "right", "above", "below").contains(question.answer()));
            }
        }
    }

    @Test
    void relationsFollowTheDominantAxis() {
        Box a = new Box("cat", 10, 10, 10, 10);
        assertEquals("left", relation(a, new Box("dog", 40, 20, 10, 10)));
        assertEquals("above", relation(a, new Box("dog", 10, 40, 10, 10)));
        assertEquals(null, relation(a, new Box("dog", 40, 30, 10, 10))); // 30 and 20: less than 1.8 times
        assertEquals(null, relation(a, new Box("dog", 29, 10, 10, 10))); // 19 px apart
        assertEquals("left", relation(a, new Box("dog", 30, 10, 10, 10))); // 20 px apart
        assertEquals("left", relation(a, new Box("dog", 46, 30, 10, 10))); // 36 and 20: exactly 1.8
        assertEquals(null, relation(a, new Box("dog", 60, 10, 10, 10), new Box("dog", 80, 10, 10, 10)));
    }

    private static String relation(Box about, Box... others) {
        List<Box> boxes = new ArrayList<>(List.of(others));
        boxes.add(0, about);
        List<Mention> mentions = Mention.in(picture("p", "", boxes.toArray(Box[]::new)));
        return mentions.get(0).from(mentions.get(1));
    }

    @Test
    void coloursComeFromCaptionsThatLeaveNoDoubt() {
        Box bus = new Box("bus", 0, 0, 9, 9);
        assertEquals(
                "red",
                Mention.in(picture("p", "A Red bus by a blue car", bus)).get(0).colour());
        assertEquals(
                "red",
                Mention.in(picture("p", "Two red buses", bus, bus)).get(0).colour());
        assertEquals("gray", Mention.in(picture("p", "a grey bus", bus)).get(0).colour());
        assertEquals(
                null,
                Mention.in(picture("p", "a red bus and a blue bus", bus, bus))
                        .get(0)
                        .colour());
        assertEquals(
                null,
                Mention.in(picture("p", "a red bus, a blue bus", bus)).get(0).colour());
        assertEquals(
                null, Mention.in(picture("p", "a red busy road", bus)).get(0).colour());
    }

    @Test
    void theSeedDecides() {
        assertEquals(texts(Questions.heldOut(HELD_OUT, 40, 1)), texts(Questions.heldOut(HELD_OUT, 40, 1)));
        assertNotEquals(texts(Questions.heldOut(HELD_OUT, 40, 1)), texts(Questions.heldOut(HELD_OUT, 40, 2)));
    }

    private static String texts(Questions questions) {
        return questions.questions().toString();
    }

    @Test
    void whatThePicturesDoNotHoldIsLeftOutAndTold() {
        List<ImageContext> pictures = List.of(
                picture("a", "a dog in the park", new Box("dog", 10, 10, 10, 10), new Box("person", 50, 12, 10, 30)),
                picture("b", "two people", new Box("person", 10, 10, 10, 10), new Box("person", 50, 12, 10, 30)),
                picture("c", "nothing"));
        Questions questions = Questions.ask(pictures);
        assertEquals(
                "{count={one=1, two=1}, presence={no=2, yes=2}, relation={left=1, right=1}}",
                byKindAndAnswer(questions).toString());
        assertTrue(
                questions.notes().contains("no colour questions: the pictures give too little material"),
                questions.notes().toString());
        assertTrue(questions.questions().stream()
                .anyMatch(q -> q.text().matches("Can you find any (people|dogs) in the picture\\?")));
    }

    @Test
    void aRareAnswerDoesNotStarveTheOthers() {
        List<ImageContext> pictures = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            String colour = i == 0 ? "pink" : i % 2 == 0 ? "red" : "blue";
            pictures.add(picture("p" + i, "a " + colour + " car", new Box("car", 5, 5, 9, 9)));
        }
        Questions questions = Questions.ask(pictures, 60, 1);
        assertEquals(Map.of("red", 30L, "blue", 30L), byKindAndAnswer(questions).get("colour"));
        assertTrue(questions.notes().contains("colour: too few pictures for the answer pink"));
    }

    @Test
    void swappingMovesEveryPictureAndKeepsTheirNumbers() {
        Questions questions = Questions.heldOut(HELD_OUT, 120, 7);
        for (long seed = 0; seed < 20; seed++) {
            Questions swapped = questions.swapped(seed);
            Map<Path, Path> moves = new TreeMap<>();
            for (int i = 0; i < questions.size(); i++) {
                Question before = questions.questions().get(i);
                Question after = swapped.questions().get(i);
                assertEquals(before, after.withImage(before.image()));
                assertNotEquals(before.image(), after.image());
                Path moved = moves.put(before.image(), after.image());
                assertTrue(moved == null || moved.equals(after.image()));
            }
            assertEquals(moves.keySet(), moves.values().stream().collect(toSet()));
        }
        assertEquals(texts(questions.swapped(5)), texts(questions.swapped(5)));
        assertThrows(
                IllegalArgumentException.class,
                () -> Questions.of(questions.questions().subList(0, 1)).swapped(1));
    }

    @Test
    void badArgumentsAreNamed() {
        assertThrows(IllegalArgumentException.class, () -> Questions.ask(List.of()));
        assertEquals(
                "perKind must be >= 2, got 1",
                assertThrows(IllegalArgumentException.class, () -> Questions.ask(HELD_OUT, 1, 0))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Question("a", Path.of("x"), "colour", " ", "red"));
        assertFalse(Questions.heldOut(HELD_OUT, 8, 0).toString().contains("\n"));
        assertEquals(4, Questions.heldOut(HELD_OUT, 8, 0).first(1).size());
    }
}
