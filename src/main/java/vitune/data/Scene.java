package vitune.data;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A picture of the tiny world before it is drawn: a weather and one to three groups of things on a sheet of 96 x 96
 * pixels.
 *
 * @param groups of different kinds, six things together at most
 * @param seed decides how captions are worded and where drops, flakes and stars fall
 */
public record Scene(Weather weather, List<Group> groups, long seed) {
    /** Side of the sheet on which the things have their places, pixels. */
    public static final int SIDE = 96;

    public Scene {
        groups = List.copyOf(groups);
    }

    /** All boxes, group by group. */
    public List<Box> boxes() {
        return groups.stream()
                .flatMap(group -> group.things().stream())
                .map(Thing::box)
                .toList();
    }

    /** The sentences that people might write under the picture; see {@link ClipArt}. */
    public List<String> captions() {
        return Captions.of(this);
    }

    /** One line: "sunny: 1 red car, 2 blue dogs". */
    @Override
    public String toString() {
        return weather.label() + ": " + groups.stream().map(Group::toString).collect(Collectors.joining(", "));
    }

    /** What the sky does. */
    public enum Weather {
        SUNNY,
        RAINY,
        SNOWY,
        NIGHT;

        /** The word in texts: "sunny". */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The six colours. */
    public enum Colour {
        RED,
        ORANGE,
        YELLOW,
        GREEN,
        BLUE,
        PURPLE;

        /** The word in texts: "red". */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The twelve everyday things. */
    public enum Kind {
        CAR,
        BUS,
        BOAT,
        HOUSE,
        DOG,
        CAT,
        BIRD,
        FISH,
        BALL,
        UMBRELLA,
        FLOWER,
        CHAIR;

        /** The word in texts and the category of its boxes: "car". */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Several of it: "cars", "buses", "fish". */
        public String plural() {
            return switch (this) {
                case BUS -> "buses";
                case FISH -> "fish";
                default -> label() + "s";
            };
        }

        /** The one colour that this kind has in no tuning data: the pair is kept for evaluation. */
        public Colour heldOutColour() {
            return Colour.values()[(ordinal() * 5 + 2) % Colour.values().length];
        }
    }

    /** One thing, drawn to the right or {@code mirrored}. */
    public record Thing(Box box, boolean mirrored) {}

    /** One to four things of one kind, which share colour and size. */
    public record Group(Kind kind, Colour colour, boolean big, List<Thing> things) {
        public Group {
            things = List.copyOf(things);
        }

        /** How many things. */
        public int count() {
            return things.size();
        }

        /** Whether this kind in this colour is kept for evaluation. */
        public boolean heldOut() {
            return colour == kind.heldOutColour();
        }

        /** The kind in the number of this group: "car" or "cars". */
        public String noun() {
            return count() == 1 ? kind.label() : kind.plural();
        }

        @Override
        public String toString() {
            return count() + " " + colour.label() + " " + noun();
        }
    }
}
