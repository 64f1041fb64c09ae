package vitune.teach;

import java.util.List;
import vitune.data.ResponseType;

/** Reckons what is still to be asked, and what it will take. */
final class Forecaster {
    /** Tokens of a reply where neither ledger nor examples say how long one is. */
    private static final int UNKNOWN = 100;

    private final Exchanges exchanges;
    private final GenerationSettings settings;
    private final Tokens tokens = new Tokens();

    Forecaster(Exchanges exchanges) {
        this.exchanges = exchanges;
        settings = exchanges.settings();
    }

    /** A type's share. */
    CostForecast.Part part(ResponseType type, List<GenerationTask> tasks) {
        var distinct = Exchanges.distinct(tasks);
        var open = exchanges.open(distinct);
        long prompt = open.stream()
                .mapToLong(task -> tokens.text(task.request()) + pictureTokens(task))
                .sum();
        int calls = open.size(), known = distinct.size() - calls;
        long completion = Math.round(calls * replyTokens(settings.prompts(type)));
        return new CostForecast.Part(type, calls, known, prompt, completion);
    }

    private long pictureTokens(GenerationTask task) {
        if (!task.pixels()) return 0;
        var price = settings.price(exchanges.teacher());
        return task.contexts().stream()
                .mapToLong(c ->
                        price.map(p -> p.pictureTokens(c.width(), c.height())).orElse((long) Tokens.PER_IMAGE))
                .sum();
    }

    private double replyTokens(Prompts prompts) {
        var examples = prompts.messages().stream()
                .filter(m -> m.role() == TeacherRequest.Role.ASSISTANT)
                .mapToInt(m -> tokens.count(m.text()))
                .average()
                .orElse(UNKNOWN);
        return exchanges
                .ledger()
                .completionTokens(exchanges.teacher(), prompts.hash())
                .orElse(examples);
    }
}
