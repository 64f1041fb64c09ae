package vitune.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * COCO folders: {@code annotations/captions*.json} and {@code instances*.json} (or both at the top), with the pictures
 * in {@code images/}, in a folder named like the set ({@code val2017/}, {@code images/val2017/}) or at the top. COCO
 * 2014 and 2017 are read as they are published. Boxes around crowds ({@code iscrowd}) are left out: they count as no
 * one thing.
 */
public final class Coco {
    private static final String CAPTIONS = "captions";
    private static final String INSTANCES = "instances";

    private Coco() {}

    /**
     * Reads the one set of a folder.
     *
     * @throws DataException for a folder without a set or with several, and for bad rows, by file, row and field
     */
    public static List<ImageContext> read(Path folder) {
        Map<String, Path> sets = sets(folder);
        if (sets.size() > 1) {
            throw new DataException(
                    folder,
                    "annotations",
                    "the sets " + shown(sets),
                    "one; name it: Coco.read(folder, \""
                            + sets.keySet().iterator().next() + "\")");
        }
        return read(folder, sets.keySet().iterator().next());
    }

    /**
     * Reads a named set of a folder.
     *
     * @param set what follows {@code captions_} in the file's name: "train2014", "val2017"; "" for captions.json
     * @throws DataException for bad rows, by file, row and field
     */
    public static List<ImageContext> read(Path folder, String set) {
        Map<String, Path> sets = sets(folder);
        Path captions = sets.get(set);
        if (captions == null) {
            throw new DataException(folder, "annotations", "the sets " + shown(sets), "the set \"" + set + "\"");
        }
        Path instances =
                captions.resolveSibling(captions.getFileName().toString().replaceFirst(CAPTIONS, INSTANCES));
        if (!Files.isRegularFile(instances)) {
            throw new DataException(
                    folder, "annotations", captions.getFileName() + " alone", instances.getFileName() + " beside it");
        }
        List<Path> places = Stream.of("images", "images/" + set, set, "")
                .map(folder::resolve)
                .distinct()
                .toList();
        CocoRows rows = new CocoRows(places);
        rows.readCaptions(captions);
        rows.readInstances(instances);
        return rows.contexts(captions);
    }

    /** The caption files of a folder by set name; at least one. */
    private static Map<String, Path> sets(Path folder) {
        String expected = "a COCO folder: annotations/captions*.json and annotations/instances*.json";
        Path annotations = folder.resolve("annotations");
        Map<String, Path> sets = new TreeMap<>();
        for (Path file : Folders.list(Files.isDirectory(annotations) ? annotations : folder, expected)) {
            String name = file.getFileName().toString();
            if (name.startsWith(CAPTIONS) && name.endsWith(".json")) {
                String set = name.substring(CAPTIONS.length(), name.length() - ".json".length());
                sets.put(set.startsWith("_") ? set.substring(1) : set, file);
            }
        }
        if (sets.isEmpty()) {
            List<String> found = Folders.list(folder, expected).stream()
                    .map(p -> p.getFileName().toString())
                    .limit(8)
                    .toList();
            String came = found.isEmpty() ? "an empty folder" : "a folder with " + found;
            throw new DataException(folder, "folder", came, expected);
        }
        return sets;
    }

    /** The names in a message: that of captions.json can be seen. */
    private static List<String> shown(Map<String, Path> sets) {
        return sets.keySet().stream().map(set -> set.isEmpty() ? "\"\"" : set).toList();
    }

    /** All files of a folder that may hold annotations; none where there is no such folder. */
    static List<Path> annotations(Path folder) {
        Path annotations = folder.resolve("annotations");
        return Stream.of(folder, annotations)
                .filter(Files::isDirectory)
                .flatMap(place -> Folders.list(place, "a COCO folder").stream())
                .filter(file -> file.toString().endsWith(".json"))
                .filter(file -> file.startsWith(annotations)
                        || file.getFileName().toString().startsWith(CAPTIONS)
                        || file.getFileName().toString().startsWith(INSTANCES))
                .toList();
    }

    /**
     * Writes a COCO folder: {@code images/}, {@code annotations/captions.json} and {@code annotations/instances.json}.
     * Pictures from elsewhere are copied in under their own name. Ids that are whole numbers are kept, else all are
     * numbered from 1.
     */
    public static void write(Path folder, List<ImageContext> contexts) {
        copyPictures(folder, contexts);
        annotate(folder, contexts, "written by VITune");
    }

    private static void copyPictures(Path folder, List<ImageContext> contexts) {
        Map<String, Path> names = new LinkedHashMap<>();
        for (ImageContext context : contexts) {
            String name = context.image().getFileName().toString();
            Path other = names.put(name, context.image());
            if (other != null && !other.equals(context.image())) {
                throw new IllegalArgumentException(
                        "names must be unique, got two pictures named " + name + ": " + other + ", " + context.image());
            }
        }
        try {
            Path images = Files.createDirectories(folder.resolve("images"));
            for (Map.Entry<String, Path> picture : names.entrySet()) {
                Path copy = images.resolve(picture.getKey());
                if (!Files.exists(copy) || !Files.isSameFile(copy, picture.getValue())) {
                    Files.copy(picture.getValue(), copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the two annotation files, the boxes last. */
    static void annotate(Path folder, List<ImageContext> contexts, String description) {
        boolean numbered = contexts.stream().allMatch(c -> c.id().matches("\\d{1,18}"))
                && contexts.stream().map(c -> Long.parseLong(c.id())).distinct().count() == contexts.size();
        Map<String, Integer> categories = new LinkedHashMap<>();
        contexts.forEach(c -> c.boxes().forEach(b -> categories.putIfAbsent(b.category(), categories.size() + 1)));
        List<JsonObject> images = new ArrayList<>();
        List<JsonObject> captions = new ArrayList<>();
        List<JsonObject> boxes = new ArrayList<>();
        for (ImageContext context : contexts) {
            long image = numbered ? Long.parseLong(context.id()) : images.size() + 1;
            images.add(row(
                    "id",
                    image,
                    "file_name",
                    context.image().getFileName().toString(),
                    "width",
                    context.width(),
                    "height",
                    context.height()));
            for (String caption : context.captions()) {
                captions.add(row("id", captions.size() + 1, "image_id", image, "caption", caption));
            }
            for (Box box : context.boxes()) {
                JsonObject row = row(
                        "id",
                        boxes.size() + 1,
                        "image_id",
                        image,
                        "category_id",
                        categories.get(box.category()),
                        "area",
                        box.width() * box.height(),
                        "iscrowd",
                        0);
                JsonArray edges = new JsonArray();
                Stream.of(box.x(), box.y(), box.width(), box.height()).forEach(edges::add);
                row.add("bbox", edges);
                boxes.add(row);
            }
        }
        List<JsonObject> names = new ArrayList<>();
        categories.forEach((name, id) -> names.add(row("id", id, "name", name)));
        Path annotations = folder.resolve("annotations");
        JsonFile.write(
                annotations.resolve("captions.json"),
                file(description, images, captions, List.of()).iterator());
        JsonFile.write(
                annotations.resolve("instances.json"),
                file(description, images, boxes, names).iterator());
    }

    private static List<String> file(
            String description, List<JsonObject> images, List<JsonObject> annotations, List<JsonObject> categories) {
        List<String> lines = new ArrayList<>(List.of("{\"info\": " + row("description", description) + ","));
        section(lines, "images", images, ",");
        section(lines, "annotations", annotations, categories.isEmpty() ? "}" : ",");
        if (!categories.isEmpty()) {
            section(lines, "categories", categories, "}");
        }
        return lines;
    }

    private static void section(List<String> lines, String name, List<JsonObject> rows, String end) {
        lines.add("\"" + name + "\": [");
        for (int i = 0; i < rows.size(); i++) {
            lines.add(rows.get(i) + (i + 1 < rows.size() ? "," : ""));
        }
        lines.add("]" + end);
    }

    private static JsonObject row(Object... namesAndValues) {
        JsonObject row = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] instanceof Number number) {
                row.addProperty((String) namesAndValues[i], number);
            } else {
                row.addProperty((String) namesAndValues[i], (String) namesAndValues[i + 1]);
            }
        }
        return row;
    }
}
