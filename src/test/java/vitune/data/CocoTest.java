package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CocoTest {
    /** As COCO publishes it: fields that we do not use, gaps in the category ids, a crowd, sections in any order. */
    private static final String INSTANCES = """
            {"info": {"year": 2017, "contributor": null}, "licenses": [{"url": "x", "id": 1}],
             "annotations": [
               {"segmentation": [[1.5, 2, 3]], "area": 12.0, "iscrowd": 0,
                "image_id": 42, "bbox": [1.5, 2, 6, 4.25], "category_id": 18, "id": 1},
               {"segmentation": {"counts": [1, 2], "size": [8, 10]}, "iscrowd": 1,
                "image_id": 42, "bbox": [0, 0, 9, 8], "category_id": 1, "id": 2},
               {"iscrowd": 0, "image_id": 7, "bbox": [-0.5, 0, 10.9, 8], "category_id": 1, "id": 3}],
             "images": [
               {"license": 4, "file_name": "b.jpg", "height": 8, "width": 10, "id": 42},
               {"file_name": "a.jpg", "height": 8, "width": 10, "id": 7}],
             "categories": [{"supercategory": "person", "id": 1, "name": "person"}, {"id": 18, "name": "dog"}]}
            """;

    private static final String CAPTIONS = """
            {"images": [
               {"file_name": "b.jpg", "height": 8, "width": 10, "id": 42},
               {"file_name": "a.jpg", "height": 8, "width": 10, "id": 7}],
             "annotations": [
               {"image_id": 42, "id": 1, "caption": "A dog naps.\\n"},
               {"image_id": 7, "id": 2, "caption": "Someone waits."},
               {"image_id": 42, "id": 3, "caption": "Ein Hündchen."}]}
            """;

    @TempDir
    Path folder;

    private void lay(String annotations, String pictures, String suffix, String captions, String instances)
            throws IOException {
        Path json = Files.createDirectories(folder.resolve(annotations));
        Files.writeString(json.resolve("captions" + suffix + ".json"), captions);
        Files.writeString(json.resolve("instances" + suffix + ".json"), instances);
        Path images = Files.createDirectories(folder.resolve(pictures));
        Files.write(images.resolve("a.jpg"), new byte[] {1});
        Files.write(images.resolve("b.jpg"), new byte[] {2});
    }

    @ParameterizedTest
    @CsvSource({
        "annotations, images, ''", "annotations, train2014, _train2014", "annotations, val2017, _val2017",
        "annotations, images/val2017, _val2017", "'', '', ''", "'', images, _mine"
    })
    void readsEveryLayout(String annotations, String pictures, String suffix) throws IOException {
        lay(annotations, pictures, suffix, CAPTIONS, INSTANCES);
        List<ImageContext> read = Coco.read(folder);
        Path place = folder.resolve(pictures);
        assertEquals(
                List.of(
                        new ImageContext(
                                "42",
                                place.resolve("b.jpg"),
                                10,
                                8,
                                List.of("A dog naps.", "Ein Hündchen."),
                                List.of(new Box("dog", 1.5, 2, 6, 4.25))),
                        new ImageContext(
                                "7",
                                place.resolve("a.jpg"),
                                10,
                                8,
                                List.of("Someone waits."),
                                List.of(new Box("person", -0.5, 0, 10.9, 8)))),
                read);
    }

    @Test
    void twoSetsMustBeNamed() throws IOException {
        lay("annotations", "train2014", "_train2014", CAPTIONS, INSTANCES);
        lay("annotations", "val2014", "_val2014", CAPTIONS, INSTANCES);
        assertSays(() -> Coco.read(folder), "train2014, val2014", "Coco.read(folder, \"train2014\")");
        assertEquals(
                folder.resolve("val2014/b.jpg"),
                Coco.read(folder, "val2014").get(0).image());
        assertSays(() -> Coco.read(folder, "test"), "\"test\"", "train2014, val2014");
        lay("annotations", "images", "", CAPTIONS, INSTANCES);
        assertSays(() -> Coco.read(folder), "the sets [\"\", train2014, val2014]", "Coco.read(folder, \"\")");
    }

    @Test
    void whatIsWrittenReadsBackTheSame() throws IOException {
        Path other = Files.createDirectories(folder.resolve("elsewhere"));
        Files.write(other.resolve("é.png"), new byte[] {9});
        ImageContext context = new ImageContext(
                "x-1",
                other.resolve("é.png"),
                10,
                8,
                List.of("\"Quoted\", <b> & ünïcode"),
                List.of(new Box("dog", 0.1, 1 / 3.0, 2, 3), new Box("cat", 0, 0, 10, 8)));
        Path copy = folder.resolve("copy");
        Coco.write(copy, List.of(context));
        ImageContext read = Coco.read(copy).get(0);
        Path copied = copy.resolve("images/é.png");
        assertEquals(new ImageContext("1", copied, 10, 8, context.captions(), context.boxes()), read);
        assertEquals(9, Files.readAllBytes(read.image())[0]);
        Coco.write(copy, List.of(read));
        assertEquals(List.of(read), Coco.read(copy));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // in which file | what | becomes | the place | and the message also says
                "captions  | \"A dog naps.\\n\"     | \"  \"          | annotations[0].caption       | not blank",
                "captions  | \"caption\": \"Someone | \"text\": \"Some | annotations[1].caption      | got nothing",
                "captions  | \"image_id\": 7        | \"image_id\": 8 | annotations[1].image_id      | got 8",
                "captions  | \"id\": 3,             | \"id\": 1,      | annotations[2].id            | a second time",
                "captions  | {\"image_id\": 7, \"id\": 2, \"caption\": \"Someone waits.\"}, | '' | annotations    | image 7",
                "captions  | \"annotations\"        | \"notes\"       | top level                    | no annotations",
                "instances | \"category_id\": 18    | \"category_id\": 5 | annotations[0].category_id | got 5",
                "instances | [1.5, 2, 6, 4.25]      | [5.5, 2, 6, 4]  | annotations[0].bbox          | picture of 10 x 8",
                "instances | [1.5, 2, 6, 4.25]      | [1.5, 2, 6, 7.1] | annotations[0].bbox         | picture of 10 x 8",
                "instances | [1.5, 2, 6, 4.25]      | [-1.1, 2, 6, 4] | annotations[0].bbox          | picture of 10 x 8",
                "instances | [1.5, 2, 6, 4.25]      | [1.5, -2, 6, 4] | annotations[0].bbox          | picture of 10 x 8",
                "instances | [1.5, 2, 6, 4.25]      | [1.5, 2, -6, 4] | annotations[0].bbox          | inside",
                "instances | [1.5, 2, 6, 4.25]      | [1.5, 2, 6]     | annotations[0].bbox          | 4 numbers",
                "instances | [1.5, 2, 6, 4.25]      | [1, 2, 3, 4, 5] | annotations[0].bbox          | 4 numbers",
                "instances | \"image_id\": 42, \"bbox\": [1.5 | \"image_id\": 9, \"bbox\": [1.5 | annotations[0].image_id | got 9",
                "instances | \"id\": 3}             | \"id\": 1}      | annotations[2].id            | a second time",
                "captions  | \"width\": 10, \"id\": 42 | \"width\": \"wide\", \"id\": 42 | images[0].width  | a whole number",
                "captions  | \"width\": 10, \"id\": 42 | \"width\": 0, \"id\": 42 | images[0].width          | >= 1",
                "captions  | \"width\": 10, \"id\": 7 | \"width\": 10, \"id\": 42 | images[1].id            | a second time",
                "captions  | \"a.jpg\"              | \"c.jpg\"       | images[1].file_name          | images",
                "captions  | \"a.jpg\" | \"../annotations/captions.json\" | images[1].file_name      | images",
                "captions  | \"images\": [          | \"images\": [[  | line 1, column               | another layout",
                "captions  | \"Someone waits.\"}    | \"Someone waits.\" | line 7, column            | broken JSON",
                "captions  | \"Ein Hündchen.\"}]}   | \"Ein Hündchen.\"} | line 8, column            | broken JSON",
                "captions  | \"images\": [          | \"images\": NaN, \"x\": [ | line 1, column     | broken JSON",
            })
    void badRowsAreNamedByFileRowAndField(String file, String what, String becomes, String where, String also)
            throws IOException {
        String text = file.equals("captions") ? CAPTIONS : INSTANCES;
        assertTrue(text.contains(what), what);
        String bad = text.replace(what, becomes);
        boolean first = file.equals("captions");
        lay("annotations", "images", "", first ? bad : CAPTIONS, first ? INSTANCES : bad);
        DataException e = assertSays(() -> Coco.read(folder), "annotations", file + ".json", where, also);
        assertTrue(e.where().startsWith(where), e.where());
    }

    @Test
    void textThatIsNotUtf8IsNamed() throws IOException {
        lay("annotations", "images", "", CAPTIONS, INSTANCES);
        Files.write(folder.resolve("annotations/captions.json"), new byte[] {'{', '"', (byte) 0xFC, '"'});
        assertSays(() -> Coco.read(folder), "captions.json", "UTF-8");
    }

    @Test
    void aWrongFolderSaysWhatWasLookedForAndFound() throws IOException {
        assertSays(() -> Coco.read(folder.resolve("nowhere")), "nowhere", "got nothing", "annotations/captions*.json");
        assertSays(() -> Coco.read(folder), "an empty folder", "annotations/captions*.json");
        Files.writeString(folder.resolve("holiday.jpg"), "x");
        assertSays(() -> Coco.read(folder), "holiday.jpg", "annotations/captions*.json");
        Files.writeString(folder.resolve("captions_val.json"), CAPTIONS);
        assertSays(() -> Coco.read(folder), "captions_val.json alone", "instances_val.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fr-FR", "ar-EG", "hi-IN-u-nu-deva"})
    void theReadersTongueDoesNotMatter(String tag) throws IOException {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag(tag));
            ClipArt.draw(folder, 1, 1, Pairs.TUNING);
            assertTrue(Files.exists(folder.resolve("images/000001.png")));
            assertEquals(1, Coco.read(folder).size());
        } finally {
            Locale.setDefault(before);
        }
    }

    private static DataException assertSays(Executable code, String... parts) {
        DataException e = assertThrows(DataException.class, code);
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), () -> "\"" + part + "\" is missing in: " + e.getMessage());
        }
        return e;
    }
}
