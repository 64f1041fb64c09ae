package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import vitune.data.Pictures;

/**
 * From a picture to normalised pixels: squeezed to a square (bicubic), to 0..1, minus mean, by standard deviation.
 *
 * <p>Source: {@code BlipImageProcessor} of transformers on Pillow; grey levels agree bit for bit.
 *
 * @param size side of the square in pixels, S
 * @param mean of red, green, blue
 * @param std of red, green, blue
 */
public record ImageProcessor(int size, List<Double> mean, List<Double> std) {
    /** @throws IllegalArgumentException if there are not three means and three positive deviations */
    public ImageProcessor {
        Json.atLeast(1, "size", size);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3) throw Json.wrong("image_mean", "have 3 numbers", mean);
        if (std.size() != 3 || std.stream().anyMatch(s -> s <= 0)) {
            throw Json.wrong("image_std", "have 3 numbers > 0", std);
        }
    }

    /** A processor with the constants of CLIP, which BLIP-2 keeps. */
    public static ImageProcessor clip(int size) {
        return new ImageProcessor(
                size, List.of(0.48145466, 0.4578275, 0.40821073), List.of(0.26862954, 0.26130258, 0.27577711));
    }

    /** Reads {@code preprocessor_config.json} or {@code processor_config.json} of a folder. */
    public static ImageProcessor read(Path folder) {
        Path file = folder.resolve("preprocessor_config.json");
        try {
            if (Files.exists(file)) return parse(Json.read(file));
            file = folder.resolve("processor_config.json");
            return parse(Json.object(Json.read(file), "image_processor"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static ImageProcessor parse(JsonObject json) {
        for (String step : List.of("do_resize", "do_rescale", "do_normalize")) Json.expect(json, step, true);
        Json.expect(json, "resample", 3);
        double factor = Json.number(json, "rescale_factor", 1 / 255.0);
        if (Math.abs(factor - 1 / 255.0) > 1e-9) throw Json.wrong("rescale_factor", "be 1/255", factor);
        JsonObject size = Json.object(json, "size");
        int height = Json.integer(size, "height", 0);
        int width = Json.integer(size, "width", 0);
        if (height != width || height < 1) throw Json.wrong("size", "be a square {height, width}", size);
        ImageProcessor usual = clip(height);
        return new ImageProcessor(
                height, numbers(json, "image_mean", usual.mean()), numbers(json, "image_std", usual.std()));
    }

    private static List<Double> numbers(JsonObject json, String field, List<Double> absent) {
        if (Json.get(json, field) == null) return absent;
        List<Double> numbers = new ArrayList<>();
        for (JsonElement number : json.getAsJsonArray(field)) numbers.add(number.getAsDouble());
        return numbers;
    }

    /**
     * Pixels of a picture: planes of red, green, blue, each row after row, 3 S S numbers.
     *
     * @param image in RGB, as {@link Pictures} reads it; alpha is dropped
     */
    public float[] pixels(BufferedImage image) {
        int n = size * size;
        int width = image.getWidth();
        int[] rgb = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
        float[] pixels = new float[3 * n];
        for (int channel = 0; channel < 3; channel++) {
            byte[] plane = new byte[rgb.length];
            for (int i = 0; i < rgb.length; i++) plane[i] = (byte) (rgb[i] >> (16 - 8 * channel));
            plane = Bicubic.resize(plane, width, image.getHeight(), size);
            float m = mean.get(channel).floatValue();
            float s = std.get(channel).floatValue();
            for (int i = 0; i < n; i++) pixels[channel * n + i] = ((plane[i] & 255) / 255f - m) / s;
        }
        return pixels;
    }

    /** Reads pictures and puts their pixels side by side: [B, 3, S, S]. */
    public NDArray batch(List<Path> images, NDManager manager) {
        return stack(images.stream().map(path -> pixels(Pictures.read(path))).toList(), manager);
    }

    /** Pixels of several pictures side by side: [B, 3, S, S]. */
    public NDArray stack(List<float[]> pictures, NDManager manager) {
        FloatBuffer all = FloatBuffer.allocate(pictures.size() * 3 * size * size);
        pictures.forEach(all::put);
        return manager.create(all.flip(), new Shape(pictures.size(), 3, size, size));
    }

    /** Writes {@code preprocessor_config.json} and {@code processor_config.json}. */
    void write(Path folder, int queries) {
        JsonObject json = new JsonObject();
        json.addProperty("image_processor_type", "BlipImageProcessor");
        for (String step : List.of("do_convert_rgb", "do_normalize", "do_rescale", "do_resize")) {
            json.addProperty(step, true);
        }
        json.add("image_mean", array(mean));
        json.add("image_std", array(std));
        json.addProperty("resample", 3);
        json.addProperty("rescale_factor", 1 / 255.0);
        JsonObject square = new JsonObject();
        square.addProperty("height", size);
        square.addProperty("width", size);
        json.add("size", square);
        Json.write(folder.resolve("preprocessor_config.json"), json);
        JsonObject processor = new JsonObject();
        processor.add("image_processor", json);
        processor.addProperty("num_query_tokens", queries);
        processor.addProperty("processor_class", "Blip2Processor");
        Json.write(folder.resolve("processor_config.json"), processor);
    }

    private static JsonArray array(List<Double> numbers) {
        JsonArray array = new JsonArray();
        numbers.forEach(array::add);
        return array;
    }
}
