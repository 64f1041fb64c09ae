package vitune.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import vitune.data.Box;
import vitune.data.English;
import vitune.data.ImageContext;

/**
 * All things of one category in one picture.
 *
 * @param colour the one colour that the captions give them, or null where they give none or several
 */
record Mention(
        ImageContext picture,
        String category,
        List<Box> boxes,
        @Nullable String colour) {
    /** The basic colour terms of English that captions use (Berlin and Kay 1969), with both spellings of gray. */
    private static final String COLOURS = "red|orange|yellow|green|blue|purple|pink|brown|black|white|gray|grey";

    private static final double WORLD_SIDE = 96; // the drawn world's pictures: its distances hold there in pixels
    private static final double APART = 20;
    private static final double DOMINANT = 1.8;

    /** The mentions of a picture, by category in the order of its boxes. */
    static List<Mention> in(ImageContext picture) {
        Map<String, List<Box>> categories = picture.boxes().stream()
                .collect(Collectors.groupingBy(Box::category, LinkedHashMap::new, Collectors.toList()));
        List<Mention> mentions = new ArrayList<>();
        categories.forEach((category, boxes) -> mentions.add(
                new Mention(picture, category, boxes, colour(picture.captions(), category, boxes.size()))));
        return mentions;
    }

    private static @Nullable String colour(List<String> captions, String category, int count) {
        String noun = count == 1 ? category : English.plural(category);
        Pattern said = Pattern.compile("\\b(" + COLOURS + ") " + Pattern.quote(noun.toLowerCase(Locale.ROOT)) + "\\b");
        TreeSet<String> colours = new TreeSet<>();
        for (String caption : captions) {
            Matcher matcher = said.matcher(caption.toLowerCase(Locale.ROOT));
            while (matcher.find()) {
                colours.add(matcher.group(1).replace("grey", "gray"));
            }
        }
        return colours.size() == 1 ? colours.first() : null;
    }

    int count() {
        return boxes.size();
    }

    /**
     * Where this single thing is, seen from another: left, right, above or below; null where no axis dominates
     * (1.8 times the other), the two are too close (20 px in a picture of 96) or one of them is not single.
     */
    @Nullable
    String from(Mention other) {
        if (count() != 1 || other.count() != 1) {
            return null;
        }
        double dx = boxes.get(0).centreX() - other.boxes.get(0).centreX();
        double dy = boxes.get(0).centreY() - other.boxes.get(0).centreY();
        double side = Math.max(picture.width(), picture.height());
        if (Math.hypot(dx, dy) < APART * side / WORLD_SIDE) {
            return null;
        }
        if (Math.abs(dx) >= DOMINANT * Math.abs(dy)) {
            return dx < 0 ? "left" : "right";
        }
        return Math.abs(dy) >= DOMINANT * Math.abs(dx) ? dy < 0 ? "above" : "below" : null;
    }
}
