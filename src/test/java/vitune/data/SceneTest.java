package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SceneTest {
    private static final List<Scene> TUNING = ClipArt.scenes(2000, 3, Pairs.TUNING);
    private static final List<Scene> HELD_OUT = ClipArt.scenes(500, 3, Pairs.HELD_OUT);
    private static final List<String> COUNTS = List.of("one", "two", "three", "four");

    @Test
    void aSeedGivesTheSameScenesOnEveryJdk() throws Exception {
        assertEquals("780c9635e4b6d5a3", hash(scene -> scene + " " + scene.boxes()), "raise ClipArt.VERSION, retrain");
        assertEquals("869e8ec33a5041a8", hash(scene -> "" + scene.captions()), "raise ClipArt.VERSION");
    }

    private static String hash(Function<Scene, String> text) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Scene scene : List.of(TUNING.get(0), TUNING.get(1999), HELD_OUT.get(0), HELD_OUT.get(499))) {
            digest.update(text.apply(scene).getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    @Test
    void seedsDoNotShareScenes() {
        Set<Long> first =
                ClipArt.scenes(50, 1, Pairs.TUNING).stream().map(Scene::seed).collect(Collectors.toSet());
        assertTrue(ClipArt.scenes(50, 2, Pairs.TUNING).stream().noneMatch(scene -> first.contains(scene.seed())));
    }

    @Test
    void tuningScenesHoldEveryPairButTheHeldOutOnes() {
        Set<String> seen = new HashSet<>();
        TUNING.forEach(scene -> scene.groups()
                .forEach(g -> seen.add(g.colour().label() + " " + g.kind().label())));
        assertEquals(12 * 5, seen.size());
        for (Scene.Kind kind : Scene.Kind.values()) {
            assertFalse(seen.contains(kind.heldOutColour().label() + " " + kind.label()), kind.label());
        }
    }

    @Test
    void tuningCaptionsNeverTellOfAHeldOutPair() {
        String all = TUNING.stream()
                .flatMap(s -> s.captions().stream())
                .map(c -> c.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("\n"));
        for (Scene.Kind kind : Scene.Kind.values()) {
            String colour = kind.heldOutColour().label();
            String words = "(" + kind.label() + "|" + kind.plural() + ")";
            String said = colour + " " + words + "|" + words + " (is|are) " + colour;
            assertFalse(Pattern.compile("\\b(" + said + ")\\b").matcher(all).find(), colour + " " + kind.label());
        }
    }

    @Test
    void heldOutPairsAreTheContractsTwelve() {
        List<String> colours = Arrays.stream(Scene.Kind.values())
                .map(k -> k.heldOutColour().label())
                .toList();
        List<String> six = List.of("yellow", "orange", "red", "purple", "blue", "green");
        assertEquals(six, colours.subList(0, 6));
        assertEquals(six, colours.subList(6, 12));
    }

    @Test
    void everyHeldOutSceneShowsAHeldOutPairAndAllPairsAreShown() {
        assertTrue(HELD_OUT.stream().allMatch(scene -> scene.groups().stream().anyMatch(Scene.Group::heldOut)));
        assertEquals(
                12,
                HELD_OUT.stream()
                        .flatMap(s -> s.groups().stream())
                        .filter(Scene.Group::heldOut)
                        .map(Scene.Group::kind)
                        .distinct()
                        .count());
    }

    @Test
    void scenesKeepTheRulesOfTheWorld() {
        for (Scene scene : TUNING) {
            List<Scene.Group> groups = scene.groups();
            assertTrue(groups.size() >= 1 && groups.size() <= 3);
            assertEquals(
                    groups.size(),
                    groups.stream().map(Scene.Group::kind).distinct().count());
            assertTrue(groups.stream().allMatch(g -> g.count() >= 1 && g.count() <= 4));
            assertTrue(scene.boxes().size() <= 6);
            for (Scene.Group group : groups) {
                for (Scene.Thing thing : group.things()) {
                    double size = Math.max(thing.box().width(), thing.box().height());
                    assertTrue(group.big() ? size >= 21 && size <= 23 : size >= 15 && size <= 17, "" + size);
                }
            }
        }
    }

    @Test
    void thingsStandInTheirOwnCellsAndNeverOverlap() {
        for (Scene scene : TUNING) {
            Set<List<Integer>> cells = new HashSet<>();
            for (Box box : scene.boxes()) {
                int column = (int) (box.centreX() / 24), row = (int) (box.centreY() / 24);
                assertTrue(cells.add(List.of(column, row)), scene.toString());
                assertTrue(box.x() >= 24 * column && box.x() + box.width() <= 24 * column + 24 + 1e-9, box.toString());
                assertTrue(box.y() >= 24 * row && box.y() + box.height() <= 24 * row + 24 + 1e-9, box.toString());
            }
        }
    }

    @Test
    void thereIsMaterialForEveryQuestion() {
        for (int count = 1; count <= 4; count++) {
            int wanted = count;
            long groups = HELD_OUT.stream()
                    .flatMap(s -> s.groups().stream())
                    .filter(g -> g.heldOut() && g.count() == wanted)
                    .count();
            assertTrue(groups >= 25, count + ": " + groups);
        }
        for (String relation : List.of("left of", "right of", "above", "below")) {
            String words = " is " + relation + " the ";
            long said = HELD_OUT.stream()
                    .filter(scene -> scene.captions().get(4).contains(words))
                    .count();
            assertTrue(said >= 15, relation + ": " + said);
        }
    }

    @Test
    void everyCaptionNamesEveryGroupWithItsColourAndCount() {
        for (Scene scene : TUNING.subList(0, 300)) {
            assertEquals(5, scene.captions().size());
            for (String caption : scene.captions()) {
                assertTrue(Character.isUpperCase(caption.charAt(0)) && caption.endsWith("."), caption);
                assertFalse(caption.contains(" a orange") || caption.contains("  "), caption);
                for (Scene.Group group : scene.groups()) {
                    String text = caption.toLowerCase(Locale.ROOT);
                    String colour = group.colour().label(), noun = group.noun();
                    String said = colour + " " + noun + "|" + noun + " (is|are) " + colour;
                    assertTrue(text.matches(".*\\b(" + said + ")\\b.*"), caption);
                    String count = COUNTS.get(group.count() - 1);
                    assertTrue(
                            group.count() == 1 || text.matches(".*\\b" + count + " (\\w+ )?" + noun + "\\b.*"),
                            caption);
                }
            }
        }
    }

    @Test
    void placesAndRelationsInCaptionsAreTrue() {
        Pattern related = Pattern.compile("The (\\w+) is (left of|right of|above|below) the (\\w+)\\.");
        List<String> rows = List.of("top", "upper", "lower", "bottom");
        List<String> columns = List.of("leftmost", "left", "right", "rightmost");
        Pattern placed = Pattern.compile("The (\\w+) is \\w+ and at the (\\w+) (\\w+)\\.");
        int relations = 0, places = 0;
        for (Scene scene : TUNING) {
            for (Matcher m = related.matcher(scene.captions().get(4)); m.find(); relations++) {
                Box a = single(scene, m.group(1)), b = single(scene, m.group(3));
                double dx = a.centreX() - b.centreX(), dy = a.centreY() - b.centreY();
                double along = switch (m.group(2)) {
                    case "left of" -> -dx;
                    case "right of" -> dx;
                    case "above" -> -dy;
                    default -> dy;
                };
                double across = m.group(2).endsWith(" of") ? Math.abs(dy) : Math.abs(dx);
                assertTrue(
                        along >= 20 && along >= 1.8 * across, scene.captions().get(4));
            }
            for (Matcher m = placed.matcher(scene.captions().get(3)); m.find(); places++) {
                Box box = single(scene, m.group(1));
                assertEquals(rows.get((int) box.centreY() / 24), m.group(2));
                assertEquals(columns.get((int) box.centreX() / 24), m.group(3));
            }
        }
        assertTrue(relations > 200 && places > 1000, relations + " relations, " + places + " places");
    }

    private static Box single(Scene scene, String category) {
        List<Box> boxes = scene.boxes().stream()
                .filter(box -> box.category().equals(category))
                .toList();
        assertEquals(1, boxes.size());
        return boxes.get(0);
    }
}
