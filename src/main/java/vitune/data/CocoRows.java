package vitune.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The rows of COCO's two files on their way to contexts; sections may stand in any order. */
final class CocoRows {
    private static final double TOLERANCE = 1; // pixels by which a box may leave its picture
    private static final Set<String> FIELDS = Set.of(
            "id", "file_name", "width", "height", "image_id", "caption", "category_id", "bbox", "iscrowd", "name");

    private record Picture(Path file, int width, int height, List<String> captions, List<Box> boxes) {}

    private final List<Path> places;
    private final Map<Long, Picture> pictures = new LinkedHashMap<>();

    CocoRows(List<Path> places) {
        this.places = places;
    }

    void readCaptions(Path file) {
        readPictures(file, row -> {});
        read(file, Map.of("annotations", unique(row -> picture(row).captions.add(row.text("caption")))));
    }

    void readInstances(Path file) {
        Map<Long, String> categories = new HashMap<>();
        readPictures(file, row -> categories.put(row.whole("id"), row.text("name")));
        read(file, Map.of("annotations", unique(row -> {
            if (row.has("iscrowd") && row.whole("iscrowd") == 1) {
                return;
            }
            String category = categories.get(row.whole("category_id"));
            if (category == null) {
                throw row.error("category_id", "" + row.whole("category_id"), "the id of one of the file's categories");
            }
            Picture picture = picture(row);
            picture.boxes.add(box(row, category, picture));
        })));
    }

    /** What annotations refer to, wherever it stands in the file: a first pass, so that none of them has to wait. */
    private void readPictures(Path file, Consumer<JsonRow> category) {
        Set<String> found = read(file, Map.of("images", unique(this::add), "categories", unique(category)));
        for (String section : List.of("images", "annotations")) {
            if (!found.contains(section)) {
                throw new DataException(file, "top level", "no " + section, "images and annotations");
            }
        }
    }

    /** Reads some sections of a file and tells which it has. */
    private static Set<String> read(Path file, Map<String, Consumer<JsonRow>> uses) {
        Set<String> found = new HashSet<>();
        JsonFile.read(file, reader -> {
            reader.beginObject();
            while (reader.hasNext()) {
                String section = reader.nextName();
                found.add(section);
                if (uses.containsKey(section)) {
                    JsonFile.each(file, reader, section, FIELDS, uses.get(section));
                } else {
                    reader.skipValue();
                }
            }
            reader.endObject();
        });
        return found;
    }

    private static Consumer<JsonRow> unique(Consumer<JsonRow> use) {
        Set<Long> ids = new HashSet<>();
        return row -> {
            row.once("id", row.whole("id"), ids);
            use.accept(row);
        };
    }

    /** The pictures with all that is said of them, in the order of the file. */
    List<ImageContext> contexts(Path captionFile) {
        List<ImageContext> contexts = new ArrayList<>();
        pictures.forEach((id, picture) -> {
            if (picture.captions.isEmpty()) {
                throw new DataException(captionFile, "annotations", "no caption of image " + id, "at least one");
            }
            contexts.add(new ImageContext(
                    "" + id, picture.file, picture.width, picture.height, picture.captions, picture.boxes));
        });
        if (contexts.isEmpty()) {
            throw new DataException(captionFile, "images", "no image", "at least one");
        }
        return contexts;
    }

    /** Takes a picture, which the second file names again. */
    private void add(JsonRow row) {
        long id = row.whole("id");
        if (pictures.containsKey(id)) {
            return;
        }
        String name = row.text("file_name");
        Path file = places.stream()
                .filter(place -> JsonRow.inside(place, name))
                .map(place -> place.resolve(name))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(
                        () -> row.error("file_name", name + ", which is missing", "a picture in one of " + places));
        int width = (int) row.whole("width");
        int height = (int) row.whole("height");
        if (width < 1 || height < 1) {
            throw row.error(width < 1 ? "width" : "height", "" + Math.min(width, height), ">= 1");
        }
        pictures.put(id, new Picture(file, width, height, new ArrayList<>(), new ArrayList<>()));
    }

    private Picture picture(JsonRow annotation) {
        Picture picture = pictures.get(annotation.whole("image_id"));
        if (picture == null) {
            throw annotation.error("image_id", "" + annotation.whole("image_id"), "the id of one of the file's images");
        }
        return picture;
    }

    private static Box box(JsonRow row, String category, Picture picture) {
        double[] edges = row.numbers("bbox", 4);
        double x = edges[0], y = edges[1], width = edges[2], height = edges[3];
        boolean inside = width >= 0
                && height >= 0
                && x >= -TOLERANCE
                && y >= -TOLERANCE
                && x + width <= picture.width + TOLERANCE
                && y + height <= picture.height + TOLERANCE;
        if (!inside) {
            throw row.error(
                    "bbox",
                    x + ", " + y + ", " + width + " x " + height,
                    "x, y, width, height inside the picture of " + picture.width + " x " + picture.height + " pixels");
        }
        return new Box(category, x, y, width, height);
    }
}
