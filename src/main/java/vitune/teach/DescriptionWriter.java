package vitune.teach;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import vitune.data.English;
import vitune.teach.SymbolicPicture.Group;
import vitune.teach.SymbolicPicture.Place;

/** The built-in teacher's longer texts: descriptions, summaries, comparisons, in few and simple words. */
final class DescriptionWriter {
    private static final int MOST_SENTENCES = 4;
    private static final Map<String, String> IN_WEATHER =
            Map.of("sunny", " on a sunny day", "rainy", " in the rain", "snowy", " in the snow", "night", " at night");
    private static final List<String> ROWS = List.of("top", "upper", "lower", "bottom");
    private static final List<String> COLUMNS = List.of("leftmost", "left", "right", "rightmost");

    /** One sentence. */
    String summary(SymbolicPicture picture) {
        if (picture.complete()) return English.sentence(things(picture.groups()) + weather(picture));
        var shortest = picture.captions().stream().min(Comparator.comparingInt(String::length));
        var things = picture.groups().isEmpty() ? "a picture" : things(picture.groups());
        return English.sentence(shortest.orElse(things));
    }

    /**
     * Two to four sentences with places. In drawn scenes only single things are placed, as in their captions, unless
     * there are no others.
     */
    String detailed(SymbolicPicture picture, SplittableRandom random) {
        var groups = ConversationWriter.shuffled(picture.groups(), random);
        var sentences = new ArrayList<String>();
        var last = picture.complete() && picture.weather() != null && random.nextBoolean()
                ? Optional.of("it is " + picture.weather())
                : Optional.<String>empty();
        if (picture.complete()) sentences.add(opening(groups, last.isPresent() ? "" : weather(picture), random));
        else picture.captions().stream().limit(groups.isEmpty() ? 2 : 1).forEach(sentences::add);
        boolean single =
                picture.complete() && groups.stream().anyMatch(g -> g.places().size() == 1);
        groups.stream()
                .filter(g -> !g.places().isEmpty() && (!single || g.count() == 1))
                .limit(2)
                .forEach(g -> sentences.add(placed(g, picture.complete())));
        relation(groups)
                .filter(r -> sentences.size() + 1 + last.stream().count() <= MOST_SENTENCES)
                .ifPresent(sentences::add);
        last.ifPresent(sentences::add);
        return sentences.isEmpty() ? summary(picture) : text(sentences);
    }

    private static String opening(List<Group> groups, String weather, SplittableRandom random) {
        var things = things(groups) + weather;
        return switch (random.nextInt(3)) {
            case 0 -> "there " + groups.get(0).is() + " " + things;
            case 1 -> "you can see " + things;
            default -> "the picture has " + things;
        };
    }

    private static Optional<String> relation(List<Group> groups) {
        for (var a : groups) {
            for (var b : groups) {
                var where = SymbolicPicture.relation(a, b);
                if (where.isPresent()) {
                    var of = where.get().equals("left") || where.get().equals("right") ? " of " : " ";
                    return where.map(w -> a.the() + " is " + w + of + b.the());
                }
            }
        }
        return Optional.empty();
    }

    private static String placed(Group group, boolean fine) {
        var places = group.places().stream()
                .map(p -> fine ? cell(p) : third(p))
                .distinct()
                .limit(3)
                .toList();
        return group.the() + " " + group.is() + " " + English.and(places);
    }

    /** The cell of a 4 x 4 grid in which a thing stands, in the words of the drawn scenes' captions. */
    private static String cell(Place p) {
        return "at the " + ROWS.get((int) Math.min(3, 4 * p.y())) + " " + COLUMNS.get((int) Math.min(3, 4 * p.x()));
    }

    /** The third of the height and of the width in which a thing stands. */
    private static String third(Place p) {
        var row = p.y() < 1 / 3.0 ? "top" : p.y() > 2 / 3.0 ? "bottom" : "";
        var column = p.x() < 1 / 3.0 ? "left" : p.x() > 2 / 3.0 ? "right" : "";
        if (row.isEmpty()) return column.isEmpty() ? "in the middle" : "on the " + column;
        return "at the " + row + (column.isEmpty() ? "" : " " + column);
    }

    /** What two pictures share, and where they differ. */
    String comparison(SymbolicPicture first, SymbolicPicture second) {
        var sentences = new ArrayList<String>();
        Map<String, Group> ours = first.byName(), theirs = second.byName();
        var shared = ours.keySet().stream().filter(theirs::containsKey).toList();
        if (shared.isEmpty()) sentences.add("no thing is in both pictures");
        else
            sentences.add("both pictures have "
                    + English.and(shared.stream().map(English::plural).toList()));
        shared.stream().limit(2).forEach(name -> difference(ours.get(name), theirs.get(name), sentences));
        only("first", first, theirs, sentences);
        only("second", second, ours, sentences);
        if (first.weather() != null && second.weather() != null) {
            sentences.add(
                    first.weather().equals(second.weather())
                            ? "it is " + first.weather() + " in both pictures"
                            : "it is " + first.weather() + " in the first picture and " + second.weather()
                                    + " in the second");
        }
        return text(sentences);
    }

    private static void difference(Group a, Group b, List<String> sentences) {
        String in = " in the first picture and ", other = " in the second";
        if (a.count() > 0 && b.count() > 0 && a.count() != b.count()) {
            sentences.add("there " + a.is() + " " + a.some() + in + b.some() + other);
        } else if (!a.colour().isEmpty() && !b.colour().isEmpty() && !a.colour().equals(b.colour())) {
            sentences.add(a.the() + " " + a.is() + " " + a.colour() + in + b.colour() + other);
        }
    }

    private static void only(String which, SymbolicPicture picture, Map<String, Group> others, List<String> sentences) {
        var own = picture.groups().stream()
                .filter(g -> !others.containsKey(g.name()))
                .limit(3)
                .toList();
        if (!own.isEmpty()) sentences.add("only the " + which + " picture has " + things(own));
    }

    private static String things(List<Group> groups) {
        return English.and(groups.stream()
                .map(g -> g.count() == 0 ? English.plural(g.name()) : g.some())
                .toList());
    }

    private static String weather(SymbolicPicture picture) {
        return picture.weather() == null ? "" : IN_WEATHER.get(picture.weather());
    }

    private static String text(List<String> sentences) {
        return sentences.stream().map(English::sentence).collect(Collectors.joining(" "));
    }
}
