package vitune.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Settings of an image processor, in the wording of transformers 4 and 5.
 *
 * @param padding whether pictures are padded to a square first
 * @param keepsAspect whether the short side becomes {@code edge}, or both sides do
 * @param edge pixels
 * @param crop side of the square cut out of the middle in pixels, 0: nothing is cut
 * @param scale of a grey level, 1/255
 */
record ImageSettings(
        boolean padding, boolean keepsAspect, int edge, int crop, List<Double> mean, List<Double> std, double scale) {
    private static final Pattern BUILT =
            Pattern.compile("(Blip|CLIP|Llava)(ImageProcessor(Fast|Pil)?|FeatureExtractor)");
    private static final List<String> FILTERS =
            List.of("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"); // as Pillow numbers them
    private static final int BICUBIC = 3;

    ImageSettings {
        Json.atLeast(1, "size", edge);
        Json.atLeast(0, "crop_size", crop);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3) throw Json.wrong("image_mean", "have 3 numbers", mean);
        if (std.size() != 3 || std.stream().anyMatch(s -> s <= 0)) {
            throw Json.wrong("image_std", "have 3 numbers > 0", std);
        }
        if (scale <= 0) throw Json.wrong("rescale_factor", "be > 0", scale);
        if (keepsAspect && crop == 0 && !padding) {
            throw Json.wrong("do_center_crop", "be true where size is a shortest_edge", false);
        }
    }

    static ImageSettings squeeze(int size, List<Double> mean, List<Double> std) {
        return new ImageSettings(false, false, size, 0, mean, std, 1 / 255.0);
    }

    static ImageSettings crop(int size, List<Double> mean, List<Double> std) {
        return new ImageSettings(false, true, size, size, mean, std, 1 / 255.0);
    }

    /** Reads the settings; what is absent has the default of the class that the file names. */
    static ImageSettings parse(JsonObject json, List<Double> mean, List<Double> std) {
        for (String step : List.of("do_resize", "do_rescale", "do_normalize")) Json.expect(json, step, true);
        int filter = Json.integer(json, "resample", BICUBIC);
        if (filter != BICUBIC) {
            String name = filter >= 0 && filter < FILTERS.size() ? FILTERS.get(filter) : "unknown";
            throw Json.wrong("resample", "be 3 (bicubic)", filter + " (" + name + ")");
        }
        String type = type(json);
        boolean blip = type.startsWith("Blip");
        boolean padding = type.startsWith("Llava") && Json.flag(json, "do_pad", false);
        if (!padding && Json.flag(json, "do_pad", false) && Json.get(json, "pad_size") != null) {
            throw Json.wrong("pad_size", "be absent", json.get("pad_size"));
        }
        JsonElement size = Json.get(json, "size");
        boolean keepsAspect = size != null && size.isJsonObject()
                ? Json.get(size.getAsJsonObject(), "shortest_edge") != null
                : !blip; // a plain number is the short side of CLIP and both sides of BLIP
        return new ImageSettings(
                padding,
                keepsAspect,
                side(json, "size", blip ? 384 : 224),
                Json.flag(json, "do_center_crop", !blip)
                        ? Json.atLeast(1, "crop_size", side(json, "crop_size", 224))
                        : 0,
                Json.numbers(json, "image_mean", mean),
                Json.numbers(json, "image_std", std),
                Json.number(json, "rescale_factor", 1 / 255.0));
    }

    private static String type(JsonObject json) {
        String type = Json.text(json, "image_processor_type", Json.text(json, "feature_extractor_type", ""));
        if (type.isEmpty()) { // very old files name no class
            boolean clip = Json.get(json, "crop_size") != null || Json.flag(json, "do_center_crop", false);
            return clip ? "CLIPImageProcessor" : "BlipImageProcessor";
        }
        if (BUILT.matcher(type).matches()) return type;
        throw Json.wrong("image_processor_type", "be a Blip-, CLIP- or LlavaImageProcessor", type);
    }

    /** A side in pixels, written as a number, {@code {shortest_edge}} or {@code {height, width}}. */
    private static int side(JsonObject json, String field, int absent) {
        JsonElement value = Json.get(json, field);
        if (value == null || !value.isJsonObject()) return Json.integer(json, field, absent);
        JsonObject sides = value.getAsJsonObject();
        boolean edge = Json.get(sides, "shortest_edge") != null;
        int height = Json.integer(sides, edge ? "shortest_edge" : "height", 0);
        int width = edge ? height : Json.integer(sides, "width", 0);
        if (height != width || height < 1 || Json.get(sides, "longest_edge") != null) {
            throw Json.wrong(field, "be a number, {shortest_edge} or a square {height, width}", value);
        }
        return height;
    }

    int size() {
        return crop > 0 ? crop : edge;
    }

    ImageSettings withPadding(boolean changed) {
        return new ImageSettings(changed, keepsAspect, edge, crop, mean, std, scale);
    }

    /** The square that the model sees. */
    byte[] square(Plane plane, byte fill) {
        Plane whole = padding ? plane.padded(fill) : plane;
        Plane small = keepsAspect ? whole.resizedShortSide(edge) : whole.resized(edge, edge);
        return (crop > 0 ? small.cropped(crop) : small).samples();
    }

    /** Every setting, so that nothing is left to the defaults of a class. */
    JsonObject toJson() {
        JsonObject json = new JsonObject();
        boolean blip = !padding && !keepsAspect && crop == 0;
        if (padding) json.addProperty("do_pad", true);
        json.addProperty(
                "image_processor_type",
                padding ? "LlavaImageProcessor" : blip ? "BlipImageProcessor" : "CLIPImageProcessor");
        if (crop > 0) json.add("crop_size", square(crop));
        if (!blip) json.addProperty("do_center_crop", crop > 0);
        for (String step : List.of("do_convert_rgb", "do_normalize", "do_rescale", "do_resize")) {
            json.addProperty(step, true);
        }
        json.add("image_mean", array(mean));
        json.add("image_std", array(std));
        json.addProperty("resample", BICUBIC);
        json.addProperty("rescale_factor", scale);
        JsonObject shortSide = new JsonObject();
        shortSide.addProperty("shortest_edge", edge);
        json.add("size", keepsAspect ? shortSide : square(edge));
        return json;
    }

    private static JsonObject square(int side) {
        JsonObject square = new JsonObject();
        square.addProperty("height", side);
        square.addProperty("width", side);
        return square;
    }

    private static JsonArray array(List<Double> numbers) {
        JsonArray array = new JsonArray();
        numbers.forEach(array::add);
        return array;
    }
}
