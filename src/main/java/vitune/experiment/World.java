package vitune.experiment;

import java.util.List;
import vitune.data.InstructionSet;
import vitune.data.Question;
import vitune.evaluate.Judge;
import vitune.model.VisionLanguageModel;
import vitune.tune.Stage;
import vitune.tune.Tuner;

/**
 * Where recipes are tried: pictures, data, a model to start from, stages and exams. {@link TinyWorld} draws its own and
 * runs on a CPU; {@link RealWorld} reads the files of the paper.
 */
public interface World extends AutoCloseable {
    /** One word, which names its results: tiny, real. */
    String name();

    /** All that decides what comes out of a recipe beside itself and the seed, in words: sizes, stages, hashes of files. */
    String description(Recipe recipe);

    /** A dry run: whether the files are there, and what a recipe takes, a line each. */
    List<String> check();

    /** A table as it is run here: its recipes may be tuned on, and asked, other things than elsewhere. */
    default Experiment fitted(Experiment table) {
        return table;
    }

    /** Why a fitted table cannot be run here, with the names of files that are missing or damaged; empty if it can. */
    default List<String> obstacles(Experiment table) {
        return List.of();
    }

    /** Captions to align with. A seed has pictures of its own where there are enough. */
    InstructionSet captions(Recipe recipe, long seed);

    /** The full instruction data, by type, before a recipe takes its share; what it withholds is not in it. */
    InstructionSet instructions(Recipe recipe, long seed);

    /** The model before any tuning, to be closed. */
    VisionLanguageModel model();

    Stage align();

    Stage instruct(Recipe recipe);

    /** A tuner as this world needs it: where run states and features go. */
    Tuner tuner(VisionLanguageModel model);

    /** Questions with known answers, none about a picture of the tuning. */
    List<Exam> exams(Recipe recipe);

    /**
     * Open questions with reference answers, for the judge; none of them about a picture of the tuning. Empty for a recipe
     * that is not judged.
     */
    List<Question> bench(Recipe recipe);

    /** How long an answer to them may be, in tokens. */
    int benchTokens();

    /** Who marks the answers to them. */
    Judge judge();

    @Override
    void close();
}
