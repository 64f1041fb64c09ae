package vitune.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The wording of scenes: every caption's template stands in this file. Colours and counts are always said. */
final class Captions {
    private static final String[] COUNTS = {"one", "two", "three", "four"};
    private static final String[] ROWS = {"top", "upper", "lower", "bottom"};
    private static final String[] COLUMNS = {"leftmost", "left", "right", "rightmost"};
    private static final double CELL = Scene.SIDE / 4.0;
    private static final double APART = 20; // pixels between things of which one is said to be left of the other
    private static final double DOMINANT = 1.8; // how much longer the longer axis must be

    private final Scene scene;
    private final SplittableRandom random;

    private Captions(Scene scene) {
        this.scene = scene;
        this.random = new SplittableRandom(scene.seed() ^ 0xCA9710);
    }

    /** Five captions of five styles; the fourth is the detailed one. */
    static List<String> of(Scene scene) {
        Captions captions = new Captions(scene);
        return List.of(captions.plain(), captions.listed(), captions.placed(), captions.detailed(), captions.related());
    }

    /** A red car and two blue dogs on a sunny day. */
    private String plain() {
        return English.sentence(English.and(shuffled().stream().map(this::thing).toList()) + " " + when());
    }

    /** There is a red car. There are two blue dogs. It is sunny. */
    private String listed() {
        return sentences(group -> (group.count() == 1 ? "there is " : "there are ") + thing(group)) + " " + weather();
    }

    /** At the top left a red car and two blue dogs on a sunny day. */
    private String placed() {
        List<String> parts = shuffled().stream()
                .map(group -> (group.count() == 1 ? "at the " + place(group) + " " : "") + thing(group))
                .toList();
        return English.sentence(English.and(parts) + " " + when());
    }

    /** The car is red and at the top left. The two dogs are blue. It is sunny. */
    private String detailed() {
        return sentences(group -> group.count() == 1
                        ? "the %s is %s and at the %s"
                                .formatted(group.noun(), group.colour().label(), place(group))
                        : "the %s %s are %s"
                                .formatted(
                                        COUNTS[group.count() - 1],
                                        group.noun(),
                                        group.colour().label()))
                + " " + weather();
    }

    /** A red car and one green boat on a sunny day. The boat is left of the car. Without a clear relation: compact. */
    private String related() {
        StringBuilder text = new StringBuilder();
        List<Scene.Group> single =
                shuffled().stream().filter(group -> group.count() == 1).toList();
        for (int i = 0; i < single.size(); i++) {
            for (int j = i + 1; j < single.size(); j++) {
                String relation = relation(box(single.get(i)), box(single.get(j)));
                if (!relation.isEmpty()) {
                    text.append(" ")
                            .append(English.sentence("the " + single.get(i).noun() + " is " + relation + " the "
                                    + single.get(j).noun()));
                }
            }
        }
        return text.isEmpty() ? compact() : plain() + text;
    }

    /** Top left one red car, two blue dogs, sunny. */
    private String compact() {
        Stream<String> things = shuffled().stream()
                .map(group -> (group.count() == 1 ? place(group) + " " : "") + COUNTS[group.count() - 1] + " "
                        + group.colour().label() + " " + group.noun());
        return English.sentence(
                Stream.concat(things, Stream.of(scene.weather().label())).collect(Collectors.joining(", ")));
    }

    private String when() {
        return switch (scene.weather()) {
            case SUNNY -> "on a sunny day";
            case RAINY -> "in the rain";
            case SNOWY -> "in the snow";
            case NIGHT -> "at night";
        };
    }

    private String weather() {
        return English.sentence("it is " + scene.weather().label());
    }

    /** "a red car", "an orange car", "one red car", "two blue dogs". */
    private String thing(Scene.Group group) {
        boolean counted = group.count() > 1 || random.nextInt(5) < 2;
        String what = group.colour().label() + " " + group.noun();
        return counted ? COUNTS[group.count() - 1] + " " + what : English.a(what);
    }

    /** The cell of a single thing in a grid of 4 x 4: "top leftmost". */
    private static String place(Scene.Group group) {
        Box box = box(group);
        return ROWS[(int) (box.centreY() / CELL)] + " " + COLUMNS[(int) (box.centreX() / CELL)];
    }

    /** Where a is, seen from b: "left of", "right of", "above", "below"; empty where no axis dominates. */
    static String relation(Box a, Box b) {
        double dx = a.centreX() - b.centreX(), dy = a.centreY() - b.centreY();
        if (Math.max(Math.abs(dx), Math.abs(dy)) < APART) {
            return "";
        }
        if (Math.abs(dx) >= DOMINANT * Math.abs(dy)) {
            return dx < 0 ? "left of" : "right of";
        }
        return Math.abs(dy) >= DOMINANT * Math.abs(dx) ? dy < 0 ? "above" : "below" : "";
    }

    private static Box box(Scene.Group group) {
        return group.things().get(0).box();
    }

    private List<Scene.Group> shuffled() {
        List<Scene.Group> left = new ArrayList<>(scene.groups());
        List<Scene.Group> order = new ArrayList<>();
        while (!left.isEmpty()) {
            order.add(left.remove(random.nextInt(left.size())));
        }
        return order;
    }

    private String sentences(Function<Scene.Group, String> words) {
        return shuffled().stream().map(words).map(English::sentence).collect(Collectors.joining(" "));
    }
}
