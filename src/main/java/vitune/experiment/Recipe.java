package vitune.experiment;

import static vitune.data.ResponseType.COMPLEX_REASONING;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.DETAILED_DESCRIPTION;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import vitune.data.PicturePlace;
import vitune.data.ResponseType;
import vitune.model.Part;
import vitune.tune.FreezePlan;

/**
 * One way to make a model: what it is tuned on, and how. All other recipes are {@link #full()} with something changed, so
 * that a table shows what that gives.
 *
 * @param name of its rows in the results; letters, digits, '-', '_', '.'
 * @param data share of each type of the instruction data, 0..1; none for no instruction tuning
 * @param aligned whether stage 1 comes first
 * @param connector "shipped" for the one the model comes with, or a fresh "linear" or "mlp"
 * @param featureLayer of the vision encoder that a fresh connector reads, -1 the last, -2 the one before; a shipped
 *     connector reads the one it was trained on
 * @param fresh parts whose pretraining is thrown away
 * @param plan which parts stage 2 trains
 * @param place of the picture beside the instruction
 * @param order in which reason and answer stand; {@link AnswerOrder#ANSWER_ONLY} for the data as it is
 * @param withheld what no picture and no text of the tuning shows
 */
public record Recipe(
        String name,
        Map<ResponseType, Double> data,
        boolean aligned,
        String connector,
        int featureLayer,
        List<Part> fresh,
        FreezePlan plan,
        PicturePlace place,
        AnswerOrder order,
        Withheld withheld) {

    public Recipe {
        if (!name.matches("[\\w.-]+")) {
            throw new IllegalArgumentException("name must be letters, digits, '-', '_' or '.', got \"" + name + "\"");
        }
        if (!List.of("shipped", "linear", "mlp").contains(connector)) {
            throw new IllegalArgumentException("connector must be shipped, linear or mlp, got " + connector);
        }
        if (featureLayer != -1 && connector.equals("shipped")) {
            throw new IllegalArgumentException("the shipped connector reads the last layer, got layer " + featureLayer);
        }
        data = Collections.unmodifiableSortedMap(new TreeMap<>(data));
        fresh = List.copyOf(fresh);
    }

    /** Both stages as the paper has them, on all three types of its data, with the model as it comes. */
    public static Recipe full() {
        return new Recipe(
                "full",
                Map.of(CONVERSATION, 1.0, DETAILED_DESCRIPTION, 1.0, COMPLEX_REASONING, 1.0),
                true,
                "shipped",
                -1,
                List.of(),
                FreezePlan.instruct(),
                PicturePlace.BEFORE,
                AnswerOrder.ANSWER_ONLY,
                Withheld.PAIRS);
    }

    /** Whether answers are tuned to come with their reasons. */
    boolean reasons() {
        return order != AnswerOrder.ANSWER_ONLY;
    }

    /** Whether stage 2 is run. */
    public boolean instructed() {
        return !data.isEmpty();
    }

    public Recipe withData(String name, Map<ResponseType, Double> data) {
        return with(name, draft -> draft.data = data);
    }

    /** Without stage 1. */
    public Recipe unaligned(String name) {
        return with(name, draft -> draft.aligned = false);
    }

    public Recipe withConnector(String name, String connector) {
        return with(name, draft -> draft.connector = connector);
    }

    public Recipe withFeatureLayer(String name, int layer) {
        return with(name, draft -> draft.featureLayer = layer);
    }

    public Recipe withFresh(String name, Part... parts) {
        return with(name, draft -> draft.fresh = List.of(parts));
    }

    public Recipe withPlan(String name, FreezePlan plan) {
        return with(name, draft -> draft.plan = plan);
    }

    public Recipe withPlace(String name, PicturePlace place) {
        return with(name, draft -> draft.place = place);
    }

    public Recipe withOrder(String name, AnswerOrder order) {
        return with(name, draft -> draft.order = order);
    }

    public Recipe withWithheld(String name, Withheld withheld) {
        return with(name, draft -> draft.withheld = withheld);
    }

    /** The same that reasons before it answers; one whose answers have reasons stays as it is. */
    Recipe reasoned() {
        if (reasons()) return this;
        String other = equals(full()) ? "reason-first" : name + "-reason-first";
        return withOrder(other, AnswerOrder.REASON_FIRST);
    }

    private Recipe with(String name, Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.recipe(name);
    }

    /** A recipe that is being changed. */
    private static final class Draft {
        Map<ResponseType, Double> data;
        boolean aligned;
        String connector;
        int featureLayer;
        List<Part> fresh;
        FreezePlan plan;
        PicturePlace place;
        AnswerOrder order;
        Withheld withheld;

        Draft(Recipe recipe) {
            data = recipe.data;
            aligned = recipe.aligned;
            connector = recipe.connector;
            featureLayer = recipe.featureLayer;
            fresh = recipe.fresh;
            plan = recipe.plan;
            place = recipe.place;
            order = recipe.order;
            withheld = recipe.withheld;
        }

        Recipe recipe(String name) {
            return new Recipe(name, data, aligned, connector, featureLayer, fresh, plan, place, order, withheld);
        }
    }
}
