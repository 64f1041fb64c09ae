package vitune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipArtTest {
    @TempDir
    Path folder;

    /** A scene of one thing and the same sky without it. */
    private record Pair(Scene.Group group, Box box, BufferedImage with, BufferedImage without) {}

    private static List<Pair> pairs(int pictureSize) {
        List<Pair> pairs = new ArrayList<>();
        for (Scene.Weather weather : Scene.Weather.values()) {
            for (Scene scene : ClipArt.scenes(60, 5, Pairs.TUNING)) {
                Scene.Group group = scene.groups().get(0);
                Scene.Thing thing = group.things().get(0);
                Scene.Group single = new Scene.Group(group.kind(), group.colour(), group.big(), List.of(thing));
                pairs.add(new Pair(
                        group,
                        thing.box(),
                        ClipArt.draw(new Scene(weather, List.of(single), scene.seed()), pictureSize),
                        ClipArt.draw(new Scene(weather, List.of(), scene.seed()), pictureSize)));
            }
        }
        return pairs;
    }

    @Test
    void boxesAreTightAroundThePixelsThatAThingChanges() {
        for (int size : new int[] {96, 384}) {
            for (Pair pair : pairs(size)) {
                int left = size, top = size, right = 0, bottom = 0;
                for (int y = 0; y < size; y++) {
                    for (int x = 0; x < size; x++) {
                        if (pair.with.getRGB(x, y) != pair.without.getRGB(x, y)) {
                            left = Math.min(left, x);
                            top = Math.min(top, y);
                            right = Math.max(right, x + 1);
                            bottom = Math.max(bottom, y + 1);
                        }
                    }
                }
                double scale = size / 96.0;
                Box box = pair.box;
                double[] expected = {
                    box.x() * scale, box.y() * scale, (box.x() + box.width()) * scale, (box.y() + box.height()) * scale
                };
                assertArrayEquals(expected, new double[] {left, top, right, bottom}, 1.01, pair.group.toString());
            }
        }
    }

    @Test
    void theColourAskedForDominatesAndStandsOut() {
        for (Pair pair : pairs(96)) {
            int[] votes = new int[Scene.Colour.values().length];
            int changed = 0;
            for (int y = 0; y < 96; y++) {
                for (int x = 0; x < 96; x++) {
                    Color with = new Color(pair.with.getRGB(x, y));
                    if (distance(with, new Color(pair.without.getRGB(x, y))) > 60) {
                        changed++;
                        for (Scene.Colour colour : Scene.Colour.values()) {
                            votes[colour.ordinal()] += distance(with, ClipArt.colour(colour)) < 45 ? 1 : 0;
                        }
                    }
                }
            }
            int main = votes[pair.group.colour().ordinal()];
            assertTrue(main >= 25 && main >= 0.13 * changed, pair.group + ": " + main + " of " + changed);
            for (Scene.Colour other : Scene.Colour.values()) {
                boolean same = other == pair.group.colour();
                assertTrue(same || 3 * votes[other.ordinal()] <= main, pair.group + " looks " + other);
            }
        }
    }

    private static double distance(Color a, Color b) {
        return Math.sqrt(Math.pow(a.getRed() - b.getRed(), 2)
                + Math.pow(a.getGreen() - b.getGreen(), 2)
                + Math.pow(a.getBlue() - b.getBlue(), 2));
    }

    @Test
    void aFolderReadsBackAsTheScenesThatWereDrawn() {
        List<Integer> progress = new ArrayList<>();
        List<ImageContext> read = Coco.read(ClipArt.draw(folder, 20, 7, Pairs.TUNING, progress::add));
        List<Scene> scenes = ClipArt.scenes(20, 7, Pairs.TUNING);
        assertEquals(20, read.size());
        for (int i = 0; i < 20; i++) {
            assertEquals(scenes.get(i).boxes(), read.get(i).boxes());
            assertEquals(scenes.get(i).captions(), read.get(i).captions());
            int[] drawn = ClipArt.draw(scenes.get(i)).getRGB(0, 0, 96, 96, null, 0, 96);
            assertArrayEquals(drawn, Pictures.read(read.get(i).image()).getRGB(0, 0, 96, 96, null, 0, 96));
        }
        assertEquals(IntStream.rangeClosed(1, 20).boxed().toList(), progress);
    }

    @Test
    void aCompleteFolderIsLeftAloneAndAnIncompleteOneDrawnAnew() throws Exception {
        ClipArt.draw(folder, 3, 7, Pairs.TUNING);
        Path first = folder.resolve("images/000001.png");
        FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(first, longAgo);
        ClipArt.draw(folder, 3, 7, Pairs.TUNING);
        assertEquals(longAgo, Files.getLastModifiedTime(first));
        Files.delete(folder.resolve("images/000002.png"));
        ClipArt.draw(folder, 3, 7, Pairs.TUNING);
        assertTrue(Files.exists(folder.resolve("images/000002.png")));
        assertNotEquals(longAgo, Files.getLastModifiedTime(first));
    }

    @Test
    void otherScenesReplaceDrawnOnesButNeverOtherData() {
        ClipArt.draw(folder, 3, 7, Pairs.TUNING);
        ClipArt.draw(folder, 2, 8, Pairs.HELD_OUT);
        assertEquals(
                ClipArt.scenes(2, 8, Pairs.HELD_OUT).get(1).boxes(),
                Coco.read(folder).get(1).boxes());
        Coco.write(folder, Coco.read(folder));
        DataException e = assertThrows(DataException.class, () -> ClipArt.draw(folder, 2, 8, Pairs.HELD_OUT));
        assertTrue(e.getMessage().contains("written by VITune"), e.getMessage());
        assertEquals(2, Coco.read(folder).size());
    }

    @Test
    void annotationsOfOtherNamesAreOtherDataToo() throws Exception {
        Path annotations = Files.createDirectories(folder.resolve("annotations"));
        Path captions = annotations.resolve("captions_val2017.json");
        Files.writeString(captions, "{\"info\": {\"description\": \"COCO 2017 Dataset\"}}");
        DataException e = assertThrows(DataException.class, () -> ClipArt.draw(folder, 1, 7, Pairs.TUNING));
        assertTrue(e.getMessage().contains("captions_val2017.json, COCO 2017 Dataset"), e.getMessage());
        assertFalse(Files.exists(folder.resolve("images")));
        Files.move(captions, folder.resolve("instances_val2017.json"));
        assertThrows(DataException.class, () -> ClipArt.draw(folder, 1, 7, Pairs.TUNING));
    }

    @Test
    void anInterruptStopsTheDrawingAndTheNextCallDrawsAnew() {
        Thread caller = Thread.currentThread();
        CancellationException e = assertThrows(
                CancellationException.class,
                () -> ClipArt.draw(folder, 200, 7, Pairs.TUNING, done -> {
                    if (done == 1) caller.interrupt();
                }));
        assertTrue(e.getMessage().startsWith("interrupted after 64 of 200 pictures were drawn"), e.getMessage());
        assertFalse(Thread.interrupted(), "the interrupt is answered");
        assertFalse(Files.exists(folder.resolve("annotations/instances.json")), "the folder counts as unfinished");
        assertEquals(200, Coco.read(ClipArt.draw(folder, 200, 7, Pairs.TUNING)).size());
    }

    @Test
    void badCountsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> ClipArt.scenes(0, 1, Pairs.TUNING));
        assertThrows(IllegalArgumentException.class, () -> ClipArt.scenes(1_000_001, 1, Pairs.TUNING));
    }
}
