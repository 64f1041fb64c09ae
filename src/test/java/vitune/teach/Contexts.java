package vitune.teach;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import vitune.data.Box;
import vitune.data.ClipArt;
import vitune.data.ImageContext;
import vitune.data.Pairs;
import vitune.data.Scene;

/** Contexts for tests; no picture is drawn. */
final class Contexts {
    private static final List<String> CATEGORIES =
            List.of("person", "traffic light", "dog", "car", "bus", "forklift", "wine glass", "knife");
    private static final List<String> COLOURS = List.of("red", "black", "white", "green");

    private Contexts() {}

    static List<Scene> scenes(int count) {
        return ClipArt.scenes(count, 11, Pairs.TUNING);
    }

    static List<ImageContext> drawn(int count) {
        var contexts = new ArrayList<ImageContext>();
        for (var scene : scenes(count)) {
            var id = "s" + contexts.size();
            contexts.add(new ImageContext(id, Path.of(id + ".png"), 96, 96, scene.captions(), scene.boxes()));
        }
        return contexts;
    }

    /** As in COCO: any categories, sizes and overlaps; captions that tell of some things only. */
    static List<ImageContext> photographs(int count) {
        var random = new SplittableRandom(5);
        var contexts = new ArrayList<ImageContext>();
        while (contexts.size() < count) {
            int width = 320 + random.nextInt(321), height = 320 + random.nextInt(321);
            var boxes = new ArrayList<Box>();
            for (int n = 1 + random.nextInt(9); n > 0; n--) {
                double w = 10 + random.nextDouble() * width / 2, h = 10 + random.nextDouble() * height / 2;
                var category = CATEGORIES.get(random.nextInt(CATEGORIES.size()));
                boxes.add(
                        new Box(category, random.nextDouble() * (width - w), random.nextDouble() * (height - h), w, h));
            }
            var told = boxes.get(0).category();
            long many = boxes.stream().filter(b -> b.category().equals(told)).count();
            var colour = COLOURS.get(random.nextInt(COLOURS.size()));
            var captions = many == 1
                    ? List.of(
                            "A " + colour + " " + told + " stands near a building.",
                            "Somebody took a picture of a " + told + ".")
                    : List.of("One " + colour + " " + told + " among others.", "A busy street on a gray day.");
            var id = "p" + contexts.size();
            contexts.add(new ImageContext(id, Path.of(id + ".jpg"), width, height, captions, boxes));
        }
        return contexts;
    }
}
