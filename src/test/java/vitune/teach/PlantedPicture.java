package vitune.teach;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import vitune.data.Box;
import vitune.data.ImageContext;

/** A made-up photograph: four single things, of which the first two stand clearly to each other, and two groups. */
final class PlantedPicture {
    private static final int WIDTH = 640, HEIGHT = 480;
    private static final List<List<String>> PHRASES = List.of(
            List.of("to the left of", "left of", "on the left side of", "on the left-hand side of"),
            List.of("to the right of", "right of", "on the right side of", "on the right-hand side of"),
            List.of("above", "over", "on top of"),
            List.of("below", "beneath", "under", "underneath"));
    private static final List<String[]> NAMES = PlantedReplies.lines("planted-names.txt");

    /** Things of one category by one of its names. */
    record Thing(String category, String name, String plural, int count) {}

    private final List<Thing> things = new ArrayList<>();
    private final Thing captioned;
    private final List<Box> boxes = new ArrayList<>();
    private final int side;

    PlantedPicture(SplittableRandom random) {
        for (int i = 0; i < 6; i++) things.add(fresh(i < 4 ? 1 : 2 + random.nextInt(4), random));
        captioned = fresh(1, random);
        side = random.nextInt(4);
        double x = 250 + random.nextDouble() * 120, y = 180 + random.nextDouble() * 90;
        double far = 110 + random.nextDouble() * 60, off = random.nextDouble() * 24 - 12;
        double[] dx = {-far, far, off, off}, dy = {off, off, -far, far};
        boxes.add(box(things.get(0), x + dx[side], y + dy[side], random));
        boxes.add(box(things.get(1), x, y, random));
        for (var thing : things.subList(2, 6)) {
            for (int i = 0; i < thing.count; i++) {
                boxes.add(box(thing, 60 + random.nextDouble() * 520, 60 + random.nextDouble() * 360, random));
            }
        }
    }

    private static Box box(Thing thing, double x, double y, SplittableRandom random) {
        double w = 30 + random.nextDouble() * 60, h = 30 + random.nextDouble() * 60;
        return new Box(thing.category, x - w / 2, y - h / 2, w, h);
    }

    /** A thing that is neither here yet nor easily taken for one that is. */
    private Thing fresh(int count, SplittableRandom random) {
        while (true) {
            var line = NAMES.get(random.nextInt(NAMES.size()));
            var names = line[1].split("\\s*;\\s*");
            var name = names[random.nextInt(names.length)].split("\\s*,\\s*");
            boolean taken = things.stream().anyMatch(t -> t.category.contains(line[0]) || line[0].contains(t.category));
            if (!taken) return new Thing(line[0], name[0], name[1], count);
        }
    }

    /** One of the four single things: 0 and 1 stand clearly to each other. */
    Thing single(int index) {
        return things.get(index);
    }

    /** One of the groups of two to five. */
    Thing group(SplittableRandom random) {
        return things.get(4 + random.nextInt(2));
    }

    /** Something that no caption names and that has no box. */
    Thing absent(SplittableRandom random) {
        while (true) {
            var thing = fresh(0, random);
            var other = captioned.category;
            if (!other.contains(thing.category) && !thing.category.contains(other)) return thing;
        }
    }

    /** Something that a caption names and that has no box. */
    Thing captioned() {
        return captioned;
    }

    /** Where the first thing is from the second: 0 left, 1 right, 2 above, 3 below. */
    int side() {
        return side;
    }

    static String phrase(int side, SplittableRandom random) {
        var phrases = PHRASES.get(side);
        return phrases.get(random.nextInt(phrases.size()));
    }

    ImageContext context(String id) {
        var captions = List.of(
                "A photo with a " + things.get(0).category + " in it.",
                "The " + things.get(1).category + " and a " + captioned.category + ".",
                "Some things that are next to each other.");
        return new ImageContext(id, Path.of(id + ".jpg"), WIDTH, HEIGHT, captions, boxes);
    }
}
