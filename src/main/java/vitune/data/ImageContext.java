package vitune.data;

import java.nio.file.Path;
import java.util.List;

/**
 * What is known about a picture in words and boxes: the symbolic context from which a teacher writes instructions.
 *
 * @param id unique in its set
 * @param image the picture's file
 * @param width pixels, >= 1
 * @param height pixels, >= 1
 * @param captions sentences about the picture, five in COCO
 * @param boxes what stands where
 */
public record ImageContext(String id, Path image, int width, int height, List<String> captions, List<Box> boxes) {
    public ImageContext {
        if (id.isBlank()) {
            throw new IllegalArgumentException("id must not be blank");
        }
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a picture must be >= 1 x 1, got " + width + " x " + height);
        }
        captions = List.copyOf(captions);
        boxes = List.copyOf(boxes);
    }

    /** One line: id, picture, the first caption and how many boxes. */
    @Override
    public String toString() {
        return id + " (" + image.getFileName() + ", " + width + " x " + height + ", " + boxes.size() + " boxes)"
                + (captions.isEmpty() ? "" : ": " + captions.get(0));
    }
}
