package vitune.teach;

import java.util.List;
import vitune.data.ResponseType;

/** Reckons what is still to be asked, and what it will take. */
final class Forecaster {
    /** Tokens of a reply where neither ledger nor examples say how long one is. */
    private static final int UNKNOWN = 100;

    private final Ledger ledger;
    private final String teacher;
    private final GenerationSettings settings;
    private final Tokens tokens = new Tokens();

    Forecaster(Ledger ledger, String teacher, GenerationSettings settings) {
        this.ledger = ledger;
        this.teacher = teacher;
        this.settings = settings;
    }

    /** A type's share. */
    CostForecast.Part part(ResponseType type, List<GenerationTask> tasks, Answers answers) {
        var distinct = Answers.distinct(tasks);
        var open = answers.open(distinct);
        long prompt = open.stream()
                .mapToLong(task -> tokens.text(task.request()) + pictureTokens(task))
                .sum();
        int calls = open.size(), known = distinct.size() - calls;
        long completion = Math.round(calls * replyTokens(settings.prompts(type)));
        return new CostForecast.Part(type, calls, known, prompt, completion);
    }

    private long pictureTokens(GenerationTask task) {
        if (!task.pixels()) return 0;
        var price = settings.price(teacher);
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
        return ledger.completionTokens(teacher, prompts.hash()).orElse(examples);
    }
}
