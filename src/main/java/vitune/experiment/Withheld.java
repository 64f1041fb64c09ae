package vitune.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import vitune.data.Box;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.Turn;

/** What the tuning never shows, so that it can be asked whether it is understood all the same. */
public enum Withheld {
    /** Each kind of thing in one colour: drawn scenes of the tuning never have them. */
    PAIRS(Set.of(), Integer.MAX_VALUE),
    /** Two kinds of thing, in picture and in text: the bus and the cat. */
    THINGS(Set.of("bus", "cat"), Integer.MAX_VALUE),
    /** Four of a kind: counts end at three. */
    COUNTS(Set.of(), 3);

    private final Set<String> things;
    private final int most;

    Withheld(Set<String> things, int most) {
        this.things = things;
        this.most = most;
    }

    /** The kinds of thing that are withheld. */
    public Set<String> things() {
        return things;
    }

    /** Whether a picture may be shown. */
    boolean shows(ImageContext picture) {
        List<String> categories = picture.boxes().stream().map(Box::category).toList();
        return categories.stream().noneMatch(things::contains)
                && categories.stream().allMatch(one -> count(categories, one) <= most);
    }

    private static long count(List<String> all, String one) {
        return all.stream().filter(one::equals).count();
    }

    /** The samples without the turns that name what is withheld; those with no turn left are left out. */
    InstructionSet from(InstructionSet data) {
        if (things.isEmpty()) {
            return data;
        }
        Pattern named = Pattern.compile("(?i)\\b(" + String.join("|", things) + ")(s|es)?\\b");
        List<InstructionSample> kept = new ArrayList<>();
        for (InstructionSample sample : data) {
            List<Turn> turns = sample.turns().stream()
                    .filter(turn -> !named.matcher(turn.instruction() + " " + turn.response())
                            .find())
                    .toList();
            if (!turns.isEmpty()) {
                kept.add(sample.withTurns(turns));
            }
        }
        return InstructionSet.of(kept);
    }
}
