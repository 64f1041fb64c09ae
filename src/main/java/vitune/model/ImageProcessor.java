package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import vitune.data.Pictures;

/**
 * From a picture to normalised pixels: to a square (bicubic), to 0..1, minus mean, by standard deviation.
 *
 * <p>Three ways to a square: squeezed (BLIP-2, InstructBLIP), its middle cut out (LLaVA in transformers), or first
 * padded with the mean colour so that nothing is cut off (LLaVA's own code).
 *
 * <p>Source: {@code BlipImageProcessor}, {@code CLIPImageProcessor} and {@code LlavaImageProcessor} of transformers on
 * Pillow; grey levels agree bit for bit.
 */
public final class ImageProcessor {
    private static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
    private static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);

    private final ImageSettings settings;
    private final ProcessorFiles files;

    private ImageProcessor(ImageSettings settings, ProcessorFiles files) {
        this.settings = settings;
        this.files = files;
    }

    /**
     * Squeezes to a square, whatever the shape of the picture.
     *
     * @param size side of the square in pixels, S
     * @param mean of red, green, blue
     * @param std of red, green, blue
     * @throws IllegalArgumentException if there are not three means and three positive deviations
     */
    public ImageProcessor(int size, List<Double> mean, List<Double> std) {
        this(ImageSettings.squeeze(size, mean, std), ProcessorFiles.NONE);
    }

    /** Squeezes to a square, with the constants of CLIP, which BLIP-2 keeps. */
    public static ImageProcessor squeeze(int size) {
        return new ImageProcessor(size, CLIP_MEAN, CLIP_STD);
    }

    /** Resizes the short side to {@code size} and cuts out the square in the middle, as CLIP and LLaVA do. */
    public static ImageProcessor crop(int size) {
        return new ImageProcessor(ImageSettings.crop(size, CLIP_MEAN, CLIP_STD), ProcessorFiles.NONE);
    }

    /**
     * Reads {@code processor_config.json} (transformers 5) or {@code preprocessor_config.json} (4) of a folder; where
     * both hold settings, the first counts, as it does there.
     *
     * @throws IllegalArgumentException if a file asks for what is not built here; it names file, field and value
     */
    public static ImageProcessor read(Path folder) {
        ProcessorFiles files = ProcessorFiles.read(folder);
        try {
            return new ImageProcessor(ImageSettings.parse(files.settings(), CLIP_MEAN, CLIP_STD), files);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(folder.resolve(files.source()) + ": " + e.getMessage(), e);
        }
    }

    /** The same, with pictures padded to a square of colour {@code int(255 mean)} before anything else, or not. */
    public ImageProcessor withPadding(boolean padding) {
        if (padding == settings.padding()) return this;
        ImageSettings changed = settings.withPadding(padding);
        return new ImageProcessor(changed, files.with(changed.toJson()));
    }

    /** Side of the square that the model sees, in pixels, S. */
    public int size() {
        return settings.size();
    }

    /** Whether pictures are padded to a square first. */
    public boolean padding() {
        return settings.padding();
    }

    /** Mean of red, green, blue. */
    public List<Double> mean() {
        return settings.mean();
    }

    /** Standard deviation of red, green, blue. */
    public List<Double> std() {
        return settings.std();
    }

    /**
     * Pixels of a picture: planes of red, green, blue, each row after row, 3 S S numbers.
     *
     * @param image in RGB, as {@link Pictures} reads it; alpha is dropped
     */
    public float[] pixels(BufferedImage image) {
        int n = size() * size();
        int width = image.getWidth();
        int[] rgb = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
        float[] pixels = new float[3 * n];
        for (int channel = 0; channel < 3; channel++) {
            byte[] samples = new byte[rgb.length];
            for (int i = 0; i < rgb.length; i++) samples[i] = (byte) (rgb[i] >> (16 - 8 * channel));
            byte fill = (byte) (int) (mean().get(channel) * 255);
            byte[] square = settings.square(new Plane(samples, width, image.getHeight()), fill);
            float[] levels = levels(channel);
            for (int i = 0; i < n; i++) pixels[channel * n + i] = levels[square[i] & 255];
        }
        return pixels;
    }

    /** What each of the 256 grey levels becomes; in f64 up to the mean and in f32 from there, as in transformers. */
    private float[] levels(int channel) {
        float m = mean().get(channel).floatValue();
        float s = std().get(channel).floatValue();
        float[] levels = new float[256];
        for (int i = 0; i < 256; i++) levels[i] = ((float) (i * settings.scale()) - m) / s;
        return levels;
    }

    /** Reads pictures and puts their pixels side by side: [B, 3, S, S]. */
    public NDArray batch(List<Path> images, NDManager manager) {
        return stack(images.stream().map(path -> pixels(Pictures.read(path))).toList(), manager);
    }

    /** Pixels of several pictures side by side: [B, 3, S, S]. */
    public NDArray stack(List<float[]> pictures, NDManager manager) {
        FloatBuffer all = FloatBuffer.allocate(pictures.size() * 3 * size() * size());
        pictures.forEach(all::put);
        return manager.create(all.flip(), new Shape(pictures.size(), 3, size(), size()));
    }

    /**
     * Writes the files that were read, or, for a fresh processor, {@code preprocessor_config.json} and
     * {@code processor_config.json}.
     *
     * @param processor fields that a fresh {@code processor_config.json} has beside {@code image_processor}; in one that
     *     was read, the number of queries alone is corrected if it differs
     */
    void write(Path folder, JsonObject processor) {
        (files.isEmpty() ? ProcessorFiles.fresh(settings.toJson(), processor) : files.agreeing(processor))
                .write(folder);
    }

    @Override
    public String toString() {
        return "ImageProcessor" + settings;
    }
}
