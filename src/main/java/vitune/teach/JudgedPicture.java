package vitune.teach;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vitune.data.Box;
import vitune.data.ImageContext;
import vitune.data.Turn;
import vitune.teach.SymbolicPicture.Group;
import vitune.teach.SymbolicPicture.Place;
import vitune.teach.Things.Said;

/** What the built-in judge knows of a picture, and what of an answer holds in view of it. */
final class JudgedPicture {
    private static final int SIDE = 1000; // boxes come in thousandths
    private static final Pattern WEATHER = Pattern.compile(
            "(?<no>\\b(?:no|not|without|never)\\s+(?:\\w+\\s+)?)?\\b(?:(?<sunny>sunny|sunshine)|(?<rainy>rain(?:y|ing)?)"
                    + "|(?<snowy>snow(?:y|ing)?)|(?<night>night))\\b(?!\\s+(?:in it|inside|there)\\b)");
    private static final Pattern ROW = Pattern.compile("\\b(?:(top|upper)|bottom|lower)\\b");
    private static final Pattern COLUMN = Pattern.compile("\\b(?:(left|leftmost)|right|rightmost)\\b(?!\\s+of\\b)");

    private final CaptionReader captions;
    private final SymbolicPicture picture;
    private final Things things;
    private final Grounds grounds;

    /** What an answer may say of a thing, or of all. */
    enum Aspect {
        THING,
        ABSENCE,
        NUMBER,
        COLOUR,
        PLACE,
        WEATHER
    }

    /**
     * Something that an answer says.
     *
     * @param about the thing; of a weather, nothing
     */
    record Told(Aspect aspect, String about) {}

    JudgedPicture(String words, CaptionReader captions, Set<String> known, Things all) {
        this.captions = captions;
        picture = SymbolicPicture.read(words, captions, known).get(0);
        var boxes = picture.groups().stream()
                .flatMap(group -> group.places().stream().map(place -> box(group.name(), place)))
                .toList();
        things = all.with(boxes.stream().map(Box::category).collect(Collectors.toSet()));
        grounds = new Grounds(new ImageContext("judged", Path.of(""), SIDE, SIDE, picture.captions(), boxes), things);
    }

    private static Box box(String category, Place place) {
        return new Box(
                category,
                place.left() * SIDE,
                place.top() * SIDE,
                (place.right() - place.left()) * SIDE,
                (place.bottom() - place.top()) * SIDE);
    }

    SymbolicPicture symbols() {
        return picture;
    }

    /** A sentence as it is read here. */
    List<Said> said(String text) {
        return GroundingCheck.said(text, things);
    }

    /** The things of these categories. */
    List<Group> groups(Set<String> categories) {
        return picture.groups().stream()
                .filter(group -> categories.contains(group.name()))
                .toList();
    }

    /** Whether boxes or captions tell of it. */
    boolean tellsOf(Set<String> categories) {
        return !groups(categories).isEmpty()
                || picture.captions().stream()
                        .flatMap(caption -> said(caption).stream())
                        .flatMap(sentence -> sentence.mentions().stream())
                        .anyMatch(
                                mention -> mention.name().categories().stream().anyMatch(categories::contains));
    }

    /** What an answer to this question claims, as the grounding check reads it. */
    List<Claim> claims(String question, String answer) {
        return GroundingCheck.stated(new Turn(question, answer), things).stream()
                .map(GroundingCheck.Stated::claim)
                .toList();
    }

    /** Whether nothing that is known speaks against it. */
    boolean holds(Claim claim) {
        return grounds.against(claim).isEmpty();
    }

    // ---------------------------------------------------------------- reading an answer

    /** What an answer says, and whether it holds; what is said twice counts once, and holds where it holds each time. */
    final class Reading {
        private final Map<Told, Boolean> said = new LinkedHashMap<>();

        private void add(Aspect aspect, String about, boolean holds) {
            said.merge(new Told(aspect, about), holds, Boolean::logicalAnd);
        }

        boolean right(Aspect aspect, String about) {
            return said.getOrDefault(new Told(aspect, about), false);
        }

        long right() {
            return said.values().stream().filter(holds -> holds).count();
        }

        /** What does not hold, in words: "number of cars". */
        List<String> wrong() {
            return said.entrySet().stream()
                    .filter(one -> !one.getValue())
                    .map(one -> one.getKey().aspect.name().toLowerCase(Locale.ROOT)
                            + (one.getKey().about.isEmpty() ? "" : " (" + one.getKey().about + ")"))
                    .toList();
        }

        /** The share of what it says that holds, 0..1; 1 where it says nothing. */
        double truth() {
            return said.isEmpty() ? 1 : right() / (double) said.size();
        }

        /**
         * How much it tells of the things that are there, 0..1: of each, 0.7 for its name, 0.3 for its number or colour;
         * where it is asked for in detail, 0.2 for these and 0.1 for its place.
         */
        double coverage(boolean detailed) {
            double sum = 0;
            for (var group : picture.groups()) {
                var name = group.name();
                if (!right(Aspect.THING, name)) continue;
                boolean looks = right(Aspect.COLOUR, name) || right(Aspect.NUMBER, name);
                sum += 0.7 + (looks ? detailed ? 0.2 : 0.3 : 0);
                if (detailed && right(Aspect.PLACE, name)) sum += 0.1;
            }
            return picture.groups().isEmpty() ? 0 : sum / picture.groups().size();
        }
    }

    Reading read(String question, String answer) {
        var reading = new Reading();
        for (var claim : claims(question, answer)) claim(claim, reading);
        for (var sentence : said(answer)) place(sentence, reading);
        var lower = List.of(answer.toLowerCase(Locale.ROOT));
        for (var group : picture.groups()) {
            if (reading.said.containsKey(new Told(Aspect.THING, group.name()))) looks(group, lower, reading);
        }
        weather(answer, reading);
        return reading;
    }

    private void claim(Claim claim, Reading reading) {
        boolean holds = holds(claim);
        if (claim instanceof Claim.There there) {
            var meant = groups(there.name().categories());
            if (meant.isEmpty() && !holds)
                reading.add(Aspect.THING, there.name().text(), false);
            for (var group : meant) reading.add(Aspect.THING, group.name(), true);
        } else if (claim instanceof Claim.Count count) {
            for (var group : groups(count.name().categories())) {
                reading.add(Aspect.THING, group.name(), true);
                reading.add(Aspect.NUMBER, group.name(), holds);
            }
        } else if (claim instanceof Claim.Absent absent) {
            reading.add(Aspect.ABSENCE, absent.name().text(), holds);
        } else if (claim instanceof Claim.Part part) {
            for (var group : groups(part.name().categories())) reading.add(Aspect.PLACE, group.name(), holds);
        } else if (claim instanceof Claim.Where where) {
            for (var group : groups(where.name().categories())) reading.add(Aspect.PLACE, group.name(), holds);
        }
    }

    /** Colour and number of a thing that is named. */
    private void looks(Group group, List<String> answer, Reading reading) {
        var colour = captions.colour(answer, group.name(), group.count());
        if (colour != null && !group.colour().isEmpty()) {
            reading.add(Aspect.COLOUR, group.name(), colour.equals(group.colour()));
        }
        int number = captions.count(answer, group.name()).orElse(0);
        boolean oneOfSeveral = number == 1 && group.count() > 1 && !picture.complete(); // "one bus among others"
        if (number > 0 && group.count() > 0 && !oneOfSeveral) {
            reading.add(Aspect.NUMBER, group.name(), number == group.count());
        }
    }

    /** "The car is at the top left": there its middle must be, or that of one of several. */
    private void place(Said sentence, Reading reading) {
        var meant = sentence.mentions().stream()
                .flatMap(mention -> groups(mention.name().categories()).stream())
                .distinct()
                .toList();
        var row = ROW.matcher(sentence.words());
        var column = COLUMN.matcher(sentence.words());
        boolean rows = row.find(), columns = column.find();
        if (sentence.mentions().size() != 1 || meant.size() != 1 || !rows && !columns) return;
        var places = meant.get(0).places();
        if (places.isEmpty()) return;
        boolean upper = rows && row.group(1) != null, left = columns && column.group(1) != null;
        boolean holds =
                places.stream().anyMatch(p -> (!rows || upper == p.y() < 0.5) && (!columns || left == p.x() < 0.5));
        reading.add(Aspect.PLACE, meant.get(0).name(), holds);
    }

    private void weather(String answer, Reading reading) {
        if (picture.weather() == null) return;
        for (var said = WEATHER.matcher(answer.toLowerCase(Locale.ROOT)); said.find(); ) {
            for (var name : SymbolicPicture.WEATHERS) {
                if (said.group(name) == null) continue;
                boolean denied = said.group("no") != null;
                reading.add(Aspect.WEATHER, denied ? "not " + name : name, denied != name.equals(picture.weather()));
            }
        }
    }
}
