package vitune.data;

import com.google.gson.stream.JsonReader;
import java.io.IOException;
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

/**
 * The rows of COCO's two files on their way to contexts; sections may come in any order, annotations wait for the
 * images.
 */
final class CocoRows {
    private static final double TOLERANCE = 1;   // pixels by which a box may leave its picture
    private static final Set<String> FIELDS = Set.of(
            "id", "file_name", "width", "height", "image_id", "caption", "category_id", "bbox", "iscrowd", "name");

    private record Picture(Path file, int width, int height, List<String> captions, List<Box> boxes) {}

    private final List<Path> places;
    private final Map<Long, Picture> pictures = new LinkedHashMap<>();

    CocoRows(List<Path> places) {
        this.places = places;
    }

    void readCaptions(Path file) {
        for (JsonRow row : sections(file).annotations) {
            picture(row).captions.add(row.text("caption"));
        }
    }

    void readInstances(Path file) {
        Sections sections = sections(file);
        for (JsonRow row : sections.annotations) {
            if (row.has("iscrowd") && row.whole("iscrowd") == 1) {
                continue;
            }
            String category = sections.categories.get(row.whole("category_id"));
            if (category == null) {
                throw row.error("category_id", "" + row.whole("category_id"), "the id of one of the file's categories");
            }
            Picture picture = picture(row);
            picture.boxes.add(box(row, category, picture));
        }
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

    /** What one file holds. */
    private record Sections(List<JsonRow> annotations, Map<Long, String> categories) {}

    private Sections sections(Path file) {
        Sections sections = new Sections(new ArrayList<>(), new HashMap<>());
        Set<Long> images = new HashSet<>();
        Set<Long> annotations = new HashSet<>();
        Map<String, Consumer<JsonRow>> uses = Map.of(
                "images", row -> add(row, images),
                "annotations", row -> {
                    unique(row, annotations.add(row.whole("id")));
                    sections.annotations.add(row);
                },
                "categories", row -> unique(row, sections.categories.put(row.whole("id"), row.text("name")) == null));
        Set<String> missing = new HashSet<>(Set.of("images", "annotations"));
        JsonRow.read(file, reader -> read(file, reader, uses, missing));
        if (!missing.isEmpty()) {
            throw new DataException(file, "top level", "no " + String.join(", no ", missing), "images and annotations");
        }
        return sections;
    }

    private static void read(Path file, JsonReader reader, Map<String, Consumer<JsonRow>> uses, Set<String> missing)
            throws IOException {
        reader.beginObject();
        while (reader.hasNext()) {
            String section = reader.nextName();
            Consumer<JsonRow> use = uses.get(section);
            if (use == null) {
                reader.skipValue();
            } else {
                JsonRow.each(file, reader, section, FIELDS, use);
            }
            missing.remove(section);
        }
        reader.endObject();
    }

    /** Takes a picture, which the second file names again. */
    private void add(JsonRow row, Set<Long> inThisFile) {
        long id = row.whole("id");
        unique(row, inThisFile.add(id));
        if (pictures.containsKey(id)) {
            return;
        }
        String name = row.text("file_name");
        Path file = places.stream().map(place -> place.resolve(name)).filter(Files::isRegularFile).findFirst()
                .orElseThrow(() ->
                        row.error("file_name", name + ", which is missing", "a picture in one of " + places));
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
        boolean inside = width >= 0 && height >= 0 && x >= -TOLERANCE && y >= -TOLERANCE
                && x + width <= picture.width + TOLERANCE && y + height <= picture.height + TOLERANCE;
        if (!inside) {
            throw row.error("bbox", x + ", " + y + ", " + width + " x " + height,
                    "x, y, width, height inside the picture of " + picture.width + " x " + picture.height + " pixels");
        }
        return new Box(category, x, y, width, height);
    }

    private static void unique(JsonRow row, boolean first) {
        if (!first) {
            throw row.error("id", row.whole("id") + " a second time", "each id once");
        }
    }
}
