package vitune.teach;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.data.English;
import vitune.data.Scene;

/**
 * A picture as the built-in teacher knows it: what the captions and boxes of a prompt say, and nothing else.
 *
 * @param captions as they came
 * @param groups things by kind, in the order of their boxes
 * @param weather sunny, rainy, snowy, night, or null
 */
record SymbolicPicture(
        List<String> captions, List<Group> groups, @Nullable String weather) {
    /** What the weather is called, where there is one. */
    static final List<String> WEATHERS =
            Stream.of(Scene.Weather.values()).map(Scene.Weather::label).toList();

    private static final Pattern HEADER = Pattern.compile("(?m)^Picture \\d+:\\n");
    private static final Pattern BOX = Pattern.compile("(.+): \\[([\\d.]+), ([\\d.]+), ([\\d.]+), ([\\d.]+)\\]");
    /**
     * A thing is left, right, above or below another where that direction dominates, and by this share of the picture.
     */
    private static final double DOMINANT = 1.85, APART = 0.21;

    /** Left, top, right, bottom as shares of the picture. */
    record Place(double left, double top, double right, double bottom) {
        double x() {
            return (left + right) / 2;
        }

        double y() {
            return (top + bottom) / 2;
        }

        double area() {
            return (right - left) * (bottom - top);
        }
    }

    /**
     * All things of one kind.
     *
     * @param colour where the captions leave no doubt, else ""
     * @param count 0 where it is not known
     */
    record Group(String name, String colour, int count, List<Place> places) {
        /** "the car", "the cars". */
        String the() {
            return "the " + noun();
        }

        String noun() {
            return count == 1 ? name : English.plural(name);
        }

        /** "a red car", "two red cars". */
        String some() {
            return NumberWords.some(count, colour, name);
        }

        String is() {
            return count == 1 ? "is" : "are";
        }

        double area() {
            return places.stream().mapToDouble(Place::area).sum();
        }
    }

    /** The pictures of a prompt's context: one, or several under the heads "Picture 1:", "Picture 2:". */
    static List<SymbolicPicture> read(String context, CaptionReader reader, Set<String> knownKinds) {
        if (!HEADER.matcher(context).find()) return List.of(picture(context, reader, knownKinds));
        return HEADER.splitAsStream(context)
                .filter(part -> !part.isBlank())
                .map(part -> picture(part, reader, knownKinds))
                .toList();
    }

    private static SymbolicPicture picture(String context, CaptionReader reader, Set<String> knownKinds) {
        var captions = new ArrayList<String>();
        var places = new LinkedHashMap<String, List<Place>>();
        context.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> {
            var box = BOX.matcher(line);
            if (box.matches()) {
                var place = new Place(number(box, 2), number(box, 3), number(box, 4), number(box, 5));
                var name = box.group(1).toLowerCase(Locale.ROOT).replace('_', ' ');
                places.computeIfAbsent(name, n -> new ArrayList<>()).add(place);
            } else {
                captions.add(line);
            }
        });
        var lower = captions.stream().map(c -> c.toLowerCase(Locale.ROOT)).toList();
        var groups = new ArrayList<Group>();
        if (places.isEmpty()) {
            for (var kind : knownKinds) {
                // the dog of a hot dog is none
                if (knownKinds.stream().anyMatch(k -> k.endsWith(" " + kind) && reader.mention(lower, k))) continue;
                reader.count(lower, kind).ifPresent(count -> groups.add(group(kind, count, List.of(), lower, reader)));
            }
        }
        places.forEach((name, boxes) -> groups.add(group(name, boxes.size(), boxes, lower, reader)));
        return new SymbolicPicture(List.copyOf(captions), List.copyOf(groups), CaptionReader.weather(lower));
    }

    private static Group group(
            String name, int count, List<Place> places, List<String> captions, CaptionReader reader) {
        var colour = count == 0 ? null : reader.colour(captions, name, count);
        return new Group(name, colour == null ? "" : colour, count, List.copyOf(places));
    }

    private static double number(Matcher box, int group) {
        return Double.parseDouble(box.group(group));
    }

    /** Whether the captions name every thing with its colour: then what they do not name is not there. */
    boolean complete() {
        return !groups.isEmpty() && groups.stream().noneMatch(g -> g.colour.isEmpty());
    }

    /** The thing of this name. */
    Optional<Group> group(String name) {
        return groups.stream().filter(g -> g.name.equals(name)).findFirst();
    }

    /** Kinds of things by name. */
    Map<String, Group> byName() {
        var byName = new LinkedHashMap<String, Group>();
        for (var group : groups) byName.put(group.name, group);
        return byName;
    }

    /**
     * Where a single thing is from another one: "left", "right", "above", "below"; empty where no direction dominates,
     * or the two overlap in it.
     */
    static Optional<String> relation(Group a, Group b) {
        if (a.places.size() != 1 || b.places.size() != 1) return Optional.empty();
        Place p = a.places.get(0), q = b.places.get(0);
        double dx = p.x() - q.x(), dy = p.y() - q.y();
        if (Math.abs(dx) >= APART && Math.abs(dx) >= DOMINANT * Math.abs(dy)) {
            if (dx < 0 ? p.right <= q.left : q.right <= p.left) return Optional.of(dx < 0 ? "left" : "right");
        } else if (Math.abs(dy) >= APART && Math.abs(dy) >= DOMINANT * Math.abs(dx)) {
            if (dy < 0 ? p.bottom <= q.top : q.bottom <= p.top) return Optional.of(dy < 0 ? "above" : "below");
        }
        return Optional.empty();
    }
}
