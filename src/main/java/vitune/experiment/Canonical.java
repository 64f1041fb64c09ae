package vitune.experiment;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import vitune.data.Sha256;
import vitune.model.Lora;
import vitune.model.Part;
import vitune.tune.FreezePlan;
import vitune.tune.Stage;
import vitune.tune.Treatment;

/**
 * Every choice that decides what comes out, in words that are fixed here: kept results are known by them, so that a change
 * of this text loses them all. A choice that comes later is named only where it is not what was done before it.
 */
final class Canonical {
    private Canonical() {}

    /** {@code full: data complex reasoning 1.0, ...; aligned true; connector shipped; ...}. */
    static String of(Recipe recipe) {
        return String.join(
                "; ",
                recipe.name()
                        + ": data "
                        + words(recipe.data().entrySet().stream()
                                .map(share -> share.getKey().label() + " " + share.getValue())
                                .sorted()),
                "aligned " + recipe.aligned(),
                "connector " + recipe.connector(),
                "layer " + recipe.featureLayer(),
                "fresh " + words(recipe.fresh().stream().map(Part::label)),
                of(recipe.plan()),
                "place " + recipe.place().name(),
                "order " + recipe.order().name(),
                "withheld " + recipe.withheld().name());
    }

    private static String words(Stream<String> some) {
        String words = some.collect(Collectors.joining(", "));
        return words.isEmpty() ? "none" : words;
    }

    /** All of a stage but its seed, and but what changes memory and time alone. */
    static String of(Stage stage) {
        return String.join(
                "; ",
                stage.name() + ": " + of(stage.plan()),
                "epochs " + stage.epochs(),
                "rate " + stage.learningRate(),
                "batch " + stage.batch(),
                "warm-up " + stage.warmupRatio(),
                "decay " + stage.weightDecay(),
                "beta2 " + stage.beta2(),
                "norm " + stage.maxGradNorm(),
                stage.precision().name());
    }

    private static String of(FreezePlan plan) {
        return words(Stream.of(Part.values()).map(part -> part.label() + " " + of(plan.of(part))));
    }

    private static String of(Treatment treatment) {
        String rate = treatment.learningRate() == null ? "" : " at " + treatment.learningRate();
        if (treatment instanceof Treatment.LowRank low) {
            Lora lora = low.lora();
            return "lora " + lora.rank() + " alpha " + lora.alpha() + " dropout " + lora.dropout() + " of "
                    + lora.targets() + rate;
        }
        return (treatment instanceof Treatment.Full ? "full" : "frozen") + rate;
    }

    /** The first 16 hexadecimal digits of a text's SHA-256. */
    static String fingerprint(String text) {
        return Sha256.of(text).substring(0, 16);
    }
}
