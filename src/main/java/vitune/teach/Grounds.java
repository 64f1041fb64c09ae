package vitune.teach;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vitune.data.Box;
import vitune.data.English;
import vitune.data.ImageContext;
import vitune.teach.Claim.Side;
import vitune.teach.Claim.Where;
import vitune.teach.Things.Name;
import vitune.teach.Things.Said;

/** What the boxes and captions of one picture say for and against a claim. */
final class Grounds {
    /** Centres so near each other, as a share of the picture, say nothing of sides. */
    private static final double NEAR = 0.05;
    /** So far along one side, things are clearly not on the other two. */
    private static final double FAR = 0.15;
    /** Of more boxes than these nobody knows whether they are all: COCO draws about ten a category. */
    private static final int COUNTABLE = 10;

    private static final Pattern WEATHER = Pattern.compile(".*\\b(?:sunny|rain|rainy|snow|snowy|night)\\b.*");

    private final ImageContext picture;
    private final Things things;
    private final List<Said> captions;
    private final Set<String> boxed;
    private final Set<String> told = new HashSet<>();
    private final boolean drawn;

    Grounds(ImageContext picture, Things things) {
        this.picture = picture;
        this.things = things;
        boxed = picture.boxes().stream().map(Box::category).collect(Collectors.toCollection(LinkedHashSet::new));
        captions = picture.captions().stream().map(things::read).toList();
        captions.forEach(
                caption -> caption.mentions().forEach(m -> told.addAll(m.name().categories())));
        drawn = !boxed.isEmpty() && captions.size() > 1 && captions.stream().allMatch(this::tellsAll);
    }

    /** The captions of drawn scenes name the weather and everything that is there: what else is not there is absent. */
    private boolean tellsAll(Said caption) {
        var named = caption.mentions().stream()
                .flatMap(m -> m.name().categories().stream())
                .collect(Collectors.toSet());
        return WEATHER.matcher(caption.words()).matches() && named.containsAll(boxed);
    }

    /** What speaks against the claim, in words; empty where nothing does. */
    Optional<String> against(Claim claim) {
        if (claim instanceof Claim.There there) {
            boolean known = drawn || things.lookedFor(there.name());
            return known && !possible(there.name()) ? Optional.of("no " + there.name()) : Optional.empty();
        }
        if (claim instanceof Claim.Absent absent) {
            long count = count(absent.name().categories());
            return count > 0 ? Optional.of(counted(count, absent.name())) : Optional.empty();
        }
        if (claim instanceof Claim.Count count) return against(count);
        return claim instanceof Claim.Part part ? against(part) : against((Where) claim);
    }

    /** Whether a box or a caption tells of it; a teddy bear may pass for a bear, a motorcycle for a bike. */
    private boolean possible(Name name) {
        var categories = new HashSet<>(name.categories());
        if (name.text().equals("bike")) categories.add("motorcycle");
        return categories.stream()
                .anyMatch(c -> told.contains(c) || boxed.stream().anyMatch(b -> b.equals(c) || b.endsWith(" " + c)));
    }

    private long count(Set<String> categories) {
        return picture.boxes().stream()
                .filter(box -> categories.contains(box.category()))
                .count();
    }

    private Optional<String> against(Claim.Count claim) {
        var name = claim.name();
        long count = count(name.categories());
        boolean right = count >= claim.low() && count <= claim.high()
                || name.categories().stream()
                        .map(c -> count(Set.of(c)))
                        .anyMatch(n -> n > 0 && n >= claim.low() && n <= claim.high());
        if (right || count == 0 || count > COUNTABLE) return Optional.empty();
        boolean told = captions.stream()
                .flatMap(caption -> CountReader.read(caption, List.of(), null).stream())
                .anyMatch(c -> c instanceof Claim.Count other
                        && other.name().categories().equals(name.categories())
                        && other.low() == claim.low());
        return told ? Optional.empty() : Optional.of(counted(count, name));
    }

    private static String counted(long count, Name name) {
        return count + " " + (count == 1 ? name.text() : English.plural(name.text()));
    }

    /** Sides count only between things of which there is one each, and only where the boxes leave no doubt. */
    private Optional<String> against(Where claim) {
        var of = only(claim.name());
        var from = only(claim.from());
        if (of.isEmpty() || from.isEmpty() || of.get().equals(from.get())) return Optional.empty();
        double dx = (of.get().centreX() - from.get().centreX()) / picture.width();
        double dy = (of.get().centreY() - from.get().centreY()) / picture.height();
        var side = claim.side();
        double along = side.horizontal() ? dx : dy, across = side.horizontal() ? dy : dx;
        if (side == Side.LEFT || side == Side.ABOVE) along = -along; // above 0: the claim is right
        boolean wrong = along < -NEAR && Math.abs(across) < 4 * -along && apart(side.horizontal(), of.get(), from.get())
                || Math.abs(along) < NEAR && Math.abs(across) > FAR;
        boolean clear = claim.holds() ? wrong : along > FAR && Math.abs(across) < NEAR;
        if (!clear) return Optional.empty();
        boolean horizontal = Math.abs(dx) >= Math.abs(dy);
        var actual = horizontal ? dx < 0 ? Side.LEFT : Side.RIGHT : dy < 0 ? Side.ABOVE : Side.BELOW;
        return Optional.of("a " + claim.name() + " " + actual.of() + " the " + claim.from());
    }

    /** Wrong where every box of it lies in the other half. */
    private Optional<String> against(Claim.Part claim) {
        var other = claim.side().opposite();
        var boxes = picture.boxes().stream()
                .filter(box -> claim.name().categories().contains(box.category()))
                .toList();
        boolean wrong = !boxes.isEmpty() && boxes.stream().allMatch(box -> within(box, other));
        return wrong
                ? Optional.of(counted(boxes.size(), claim.name()) + " in the " + other.half() + " half")
                : Optional.empty();
    }

    private boolean within(Box box, Side half) {
        double middleX = picture.width() / 2.0, middleY = picture.height() / 2.0;
        return switch (half) {
            case LEFT -> box.x() + box.width() <= middleX;
            case RIGHT -> box.x() >= middleX;
            case ABOVE -> box.y() + box.height() <= middleY;
            case BELOW -> box.y() >= middleY;
        };
    }

    private static boolean apart(boolean horizontal, Box a, Box b) {
        return horizontal
                ? a.x() + a.width() <= b.x() || b.x() + b.width() <= a.x()
                : a.y() + a.height() <= b.y() || b.y() + b.height() <= a.y();
    }

    private Optional<Box> only(Name name) {
        var boxes = picture.boxes().stream()
                .filter(box -> name.categories().contains(box.category()))
                .toList();
        return boxes.size() == 1 ? Optional.of(boxes.get(0)) : Optional.empty();
    }
}
