package vitune.data;

import com.google.gson.stream.JsonReader;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Draws the tiny world: scenes of everyday things whose boxes, colours and counts are exactly known, with five captions
 * each. Small enough to learn in minutes on a laptop, rich enough to ask about. The same seed gives the same scenes on
 * every JDK.
 */
public final class ClipArt {
    /** Changes whenever the same seed gives other scenes. */
    private static final int VERSION = 1;

    private static final String KIND = "VITune clip-art";
    private static final int SCENES_OF_A_SEED = 1_000_000;
    /** Pictures between two looks at the interrupt: only the thread that waits for the others can see it. */
    private static final int AT_ONCE = 64;

    private static final Drawings DRAWINGS = new Drawings();

    private ClipArt() {}

    /** One scene. */
    public static Scene sample(long seed, Pairs pairs) {
        return new SceneSampler(seed, DRAWINGS).scene(seed, pairs);
    }

    /**
     * The scenes that {@link #draw(Path, int, long, Pairs)} draws. Two seeds share no scene's seed.
     *
     * @param count 1 to 1,000,000
     */
    public static List<Scene> scenes(int count, long seed, Pairs pairs) {
        if (count < 1 || count > SCENES_OF_A_SEED) {
            throw new IllegalArgumentException("count must be in 1.." + SCENES_OF_A_SEED + ", got " + count);
        }
        return IntStream.range(0, count)
                .mapToObj(i -> sample(seed * SCENES_OF_A_SEED + i, pairs))
                .toList();
    }

    /** Draws a scene as the model sees it: 96 x 96 pixels. */
    public static BufferedImage draw(Scene scene) {
        return draw(scene, Scene.SIDE);
    }

    /**
     * Draws a scene at any size.
     *
     * @param pictureSize side in pixels, >= 1; boxes grow by {@code pictureSize / 96}
     */
    public static BufferedImage draw(Scene scene, int pictureSize) {
        BufferedImage picture = new BufferedImage(pictureSize, pictureSize, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.scale(pictureSize / (double) Scene.SIDE, pictureSize / (double) Scene.SIDE);
        Backdrop.paint(g, scene.weather(), new SplittableRandom(scene.seed()));
        for (Scene.Group group : scene.groups()) {
            for (Scene.Thing thing : group.things()) {
                DRAWINGS.draw(g, group.kind(), colour(group.colour()), thing.box(), thing.mirrored());
            }
        }
        g.dispose();
        return picture;
    }

    /**
     * Draws a folder of scenes without telling how far it is; see {@link #draw(Path, int, long, Pairs, IntConsumer)}.
     */
    public static Path draw(Path folder, int count, long seed, Pairs pairs) {
        return draw(folder, count, seed, pairs, done -> {});
    }

    /**
     * Draws scenes into a COCO folder, {@code images/000001.png} and so on, to be read by {@link Coco#read(Path)}. A
     * folder that already holds these scenes is left as it is; one that holds other drawn scenes is drawn anew.
     *
     * @param count 1 to 1,000,000
     * @param progress told how many pictures are drawn, from several threads but one at a time
     * @return the folder
     * @throws DataException if the folder holds annotations that were not drawn here
     * @throws CancellationException if the thread was interrupted; the folder is unfinished, the same call draws it anew
     */
    public static Path draw(Path folder, int count, long seed, Pairs pairs, IntConsumer progress) {
        List<Scene> scenes = scenes(count, seed, pairs);
        String description = KIND + ", version " + VERSION + ": " + count + " scenes, seed " + seed + ", " + pairs;
        requireNoOtherData(folder);
        Optional<String> present = description(boxes(folder));
        if (present.filter(description::equals).isPresent()
                && IntStream.rangeClosed(1, count).allMatch(i -> Files.isRegularFile(picture(folder, i)))) {
            progress.accept(count);
            return folder;
        }
        try {
            Files.createDirectories(folder.resolve("images"));
            Files.deleteIfExists(boxes(folder)); // written last: without it the folder counts as unfinished
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        drawAll(folder, scenes, progress);
        List<ImageContext> contexts = new ArrayList<>();
        for (Scene scene : scenes) {
            int number = contexts.size() + 1;
            contexts.add(new ImageContext(
                    "" + number, picture(folder, number), Scene.SIDE, Scene.SIDE, scene.captions(), scene.boxes()));
        }
        Coco.annotate(folder, contexts, description);
        return folder;
    }

    /** Whatever annotations there are, under whatever names, must be of drawn scenes. */
    private static void requireNoOtherData(Path folder) {
        for (Path file : Coco.annotations(folder)) {
            description(file).filter(text -> !text.startsWith(KIND)).ifPresent(text -> {
                throw new DataException(
                        folder,
                        "annotations",
                        "other data (" + file.getFileName() + ", " + text + ")",
                        "no data or drawn scenes");
            });
        }
    }

    private static void drawAll(Path folder, List<Scene> scenes, IntConsumer progress) {
        AtomicInteger done = new AtomicInteger();
        for (int from = 0; from < scenes.size(); from += AT_ONCE) {
            if (Thread.interrupted()) {
                throw new CancellationException("interrupted after " + from + " of " + scenes.size()
                        + " pictures were drawn; the next call draws " + folder + " anew");
            }
            IntStream.range(from, Math.min(scenes.size(), from + AT_ONCE))
                    .parallel()
                    .forEach(i -> {
                        write(draw(scenes.get(i)), picture(folder, i + 1));
                        synchronized (done) {
                            progress.accept(done.incrementAndGet());
                        }
                    });
        }
    }

    private static Path picture(Path folder, int number) {
        return folder.resolve("images").resolve(String.format(Locale.ROOT, "%06d.png", number));
    }

    private static Path boxes(Path folder) {
        return folder.resolve("annotations").resolve("instances.json");
    }

    private static void write(BufferedImage picture, Path file) {
        try {
            ImageIO.write(picture, "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a file of annotations says of itself at the very start, where {@link Coco} writes it. */
    private static Optional<String> description(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (JsonReader reader = new JsonReader(Files.newBufferedReader(file))) {
            reader.beginObject();
            if (!reader.nextName().equals("info")) {
                return Optional.of("no description");
            }
            reader.beginObject();
            return Optional.of(reader.nextName().equals("description") ? reader.nextString() : "no description");
        } catch (IOException | IllegalStateException e) {
            return Optional.of("no description");
        }
    }

    static Color colour(Scene.Colour colour) {
        return switch (colour) {
            case RED -> new Color(222, 32, 44);
            case ORANGE -> new Color(250, 136, 16);
            case YELLOW -> new Color(255, 222, 36);
            case GREEN -> new Color(30, 160, 62);
            case BLUE -> new Color(38, 100, 232);
            case PURPLE -> new Color(146, 52, 190);
        };
    }
}
