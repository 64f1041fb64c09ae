package vitune.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Whether the picture stands before or after the first instruction about it. Source: paper §4.2, equation 2, draws one of
 * both by chance; the released code always has it before.
 *
 * <p>A template that sets pictures before everything else, as BLIP-2's does, knows no such place; nor does one whose
 * tokenizer cuts whole texts, as LLaVA's does.
 */
public enum PicturePlace {
    /** As LLaVA's code has it. */
    BEFORE,
    AFTER,
    /** One of both by chance, as the paper has it. */
    RANDOM;

    /** A sample of one picture with the picture in its place, drawn from {@code seed} and the id if by chance. */
    public InstructionSample place(InstructionSample sample, long seed) {
        if (sample.images().size() != 1) {
            return sample;
        }
        boolean after = switch (this) {
            case BEFORE -> false;
            case AFTER -> true;
            case RANDOM -> new SplittableRandom(seed * 31 + sample.id().hashCode()).nextBoolean();
        };
        Turn first = sample.turns().get(0);
        List<Turn> turns = new ArrayList<>(sample.turns());
        turns.set(0, new Turn(place(first.instruction(), after), first.response()));
        return sample.withTurns(turns);
    }

    /** An instruction about one picture with the picture in its place; by chance is before. */
    public String place(String instruction) {
        return place(instruction, this == AFTER);
    }

    private static String place(String instruction, boolean after) {
        String bare = instruction.replace(LlavaJson.IMAGE, "").strip();
        return after ? bare + "\n" + LlavaJson.IMAGE : LlavaJson.IMAGE + "\n" + bare;
    }
}
