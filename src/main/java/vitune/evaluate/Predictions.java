package vitune.evaluate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import vitune.data.Pictures;
import vitune.data.Question;
import vitune.data.Reply;
import vitune.data.Sha256;
import vitune.model.VisionLanguageModel;

/** Replies by question, kept in a file or not: every metric can be computed from them again without the model. */
public final class Predictions {
    private static final int NAMED = 5;

    private final Map<String, Reply> replies = new LinkedHashMap<>();

    private Predictions(Iterable<Reply> replies) {
        for (Reply reply : replies) {
            if (this.replies.put(reply.question(), reply) != null) {
                throw new IllegalArgumentException(
                        "expected one reply a question, got a second one to question " + reply.question());
            }
        }
    }

    /**
     * Replies from elsewhere.
     *
     * @throws IllegalArgumentException if a question has two
     */
    public static Predictions of(List<Reply> replies) {
        return new Predictions(replies);
    }

    /** Asks a model every question; it answers with the likeliest words. */
    public static Predictions of(VisionLanguageModel model, Iterable<Question> questions, int maxTokens) {
        return of(model, questions, maxTokens, answered -> {});
    }

    /**
     * The same, and tells a listener how many questions are answered. Each reply keeps the model in words, the decoding
     * and the hashes of {@code asked} (text, choices and the picture's name), {@code image} (its bytes) and {@code
     * weights}.
     *
     * @param maxTokens of an answer, >= 1
     * @throws java.util.concurrent.CancellationException if the thread was interrupted; the replies so far are not kept
     */
    public static Predictions of(
            VisionLanguageModel model, Iterable<Question> questions, int maxTokens, IntConsumer progress) {
        return ask(
                Answerer.of(model, maxTokens, progress),
                questions,
                model.toString(),
                decoding(maxTokens),
                Map.of("weights", model.parameters().hash()));
    }

    /**
     * The same, and keeps the replies in a file as they come: called again after an interrupt, it asks what the file
     * does not hold yet. Replies to other questions stay in the file, and are not among those returned.
     *
     * @throws java.util.concurrent.CancellationException if the thread was interrupted; the file has the replies so far
     * @throws IllegalArgumentException if the file holds a reply to one of the questions by another model, by
     *     another decoding, or to another text or picture
     */
    public static Predictions kept(
            Path jsonl, VisionLanguageModel model, Iterable<Question> questions, int maxTokens, IntConsumer progress) {
        String decoding = decoding(maxTokens);
        Map<String, String> weights = Map.of("weights", model.parameters().hash());
        Map<String, Reply> replies = Files.exists(jsonl) ? read(jsonl).replies : new LinkedHashMap<>();
        List<Question> asked = List.copyOf(byId(questions).values());
        List<Question> known =
                asked.stream().filter(q -> replies.containsKey(q.id())).toList();
        List<Question> left =
                asked.stream().filter(q -> !replies.containsKey(q.id())).toList();
        for (Question question : known) {
            Reply reply = replies.get(question.id());
            if (!reply.decoding().equals(decoding)
                    || !weights.get("weights").equals(reply.hashes().get("weights"))) {
                throw new IllegalArgumentException(jsonl + " holds a reply to " + question.id() + " by " + reply.model()
                        + ", " + reply.decoding() + ", expected this model's weights and " + decoding);
            }
        }
        requireSame(known, replies);
        Answerer.requireAnswerable(model, left);
        for (int from = 0; from < left.size(); from += Answerer.AT_ONCE) {
            int before = asked.size() - left.size() + from;
            List<Question> turn = left.subList(from, Math.min(from + Answerer.AT_ONCE, left.size()));
            Predictions some = ask(
                    Answerer.of(model, maxTokens, answered -> progress.accept(before + answered)),
                    turn,
                    model.toString(),
                    decoding,
                    weights);
            Reply.append(jsonl, some.replies());
            replies.putAll(some.replies);
        }
        return of(asked.stream().map(q -> replies.get(q.id())).toList());
    }

    private static String decoding(int maxTokens) {
        return "greedy, at most " + maxTokens + " tokens";
    }

    /**
     * Asks anyone else, for example another server's model.
     *
     * @param answerer replies to all questions, in their order
     * @param model who that is
     * @param decoding how it chooses words
     */
    public static Predictions of(
            Function<List<Question>, List<String>> answerer,
            Iterable<Question> questions,
            String model,
            String decoding) {
        return ask(answerer, questions, model, decoding, Map.of());
    }

    private static Predictions ask(
            Function<List<Question>, List<String>> answerer,
            Iterable<Question> questions,
            String model,
            String decoding,
            Map<String, String> hashes) {
        List<Question> asked = new ArrayList<>();
        questions.forEach(asked::add);
        byId(asked);
        List<String> replies = Answerer.replies(answerer, asked);
        Map<Path, String> images = new HashMap<>();
        List<Reply> kept = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            Question question = asked.get(i);
            Map<String, String> all = new HashMap<>(hashes);
            all.put("asked", asked(question));
            image(question, images).ifPresent(hash -> all.put("image", hash));
            kept.add(new Reply(question.id(), replies.get(i), model, decoding, all));
        }
        return new Predictions(kept);
    }

    /**
     * Reads kept replies.
     *
     * @throws vitune.data.DataException for bad rows, by file, line and field
     */
    public static Predictions read(Path jsonl) {
        return new Predictions(Reply.read(jsonl));
    }

    /** Writes the replies, one a line, whole or not at all. */
    public void write(Path jsonl) {
        Reply.write(jsonl, replies.values().stream());
    }

    /** All replies, in the order they came. */
    public List<Reply> replies() {
        return List.copyOf(replies.values());
    }

    /**
     * Each question with its reply, in the order of the questions. The pictures themselves are not needed; those that
     * are there must be the ones that were shown.
     *
     * @throws IllegalArgumentException if a question has no reply, a reply no question, two questions one id, or a reply
     *     was given to another text or picture; the message names them
     */
    public List<Prediction> answering(Iterable<Question> questions) {
        Map<String, Question> asked = byId(questions);
        Set<String> missing = new LinkedHashSet<>(asked.keySet());
        missing.removeAll(replies.keySet());
        Set<String> unknown = new LinkedHashSet<>(replies.keySet());
        unknown.removeAll(asked.keySet());
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new IllegalArgumentException("expected a reply to each of " + asked.size() + " questions, got "
                    + (missing.isEmpty() ? "" : "none to " + some(missing))
                    + (missing.isEmpty() || unknown.isEmpty() ? "" : ", and ")
                    + (unknown.isEmpty() ? "" : "replies to no question: " + some(unknown)));
        }
        requireSame(asked.values(), replies);
        return asked.values().stream()
                .map(question ->
                        new Prediction(question, replies.get(question.id()).text()))
                .toList();
    }

    /** SHA-256 of a picture's bytes, where its file is there. */
    private static Optional<String> image(Question question, Map<Path, String> known) {
        return Optional.ofNullable(question.image())
                .filter(Files::isRegularFile)
                .map(file -> known.computeIfAbsent(file, Pictures::hash));
    }

    /** Refuses questions that were others when they were answered; each picture's file is read once. */
    private static void requireSame(Collection<Question> asked, Map<String, Reply> replies) {
        Map<Path, String> images = new HashMap<>();
        List<String> others = asked.stream()
                .filter(question -> {
                    Map<String, String> then = replies.get(question.id()).hashes();
                    String text = asked(question);
                    String image = image(question, images).orElse("");
                    return !then.getOrDefault("asked", text).equals(text)
                            || !image.isEmpty()
                                    && !then.getOrDefault("image", image).equals(image);
                })
                .map(Question::id)
                .toList();
        if (!others.isEmpty()) {
            throw new IllegalArgumentException(
                    "these questions had another text, other choices or another picture when they were answered: "
                            + some(others));
        }
    }

    private static Map<String, Question> byId(Iterable<Question> questions) {
        Map<String, Question> ids = new LinkedHashMap<>();
        for (Question question : questions) {
            if (ids.put(question.id(), question) != null) {
                throw new IllegalArgumentException("ids must be unique, got two questions " + question.id());
            }
        }
        return ids;
    }

    private static String some(Collection<String> ids) {
        return ids.stream().limit(NAMED).toList()
                + (ids.size() > NAMED ? " and " + (ids.size() - NAMED) + " more" : "");
    }

    /** SHA-256 of what the model was asked, without the picture's bytes and without the answer. */
    private static String asked(Question question) {
        return Sha256.of(String.join("\u0000", question.text(), question.imageName(), "" + question.choices()));
    }

    /** A row a reply: question, reply, model, decoding. */
    public Table table() {
        return Table.create(
                "replies",
                StringColumn.create("question", replies.values().stream().map(Reply::question)),
                StringColumn.create("reply", replies.values().stream().map(Reply::text)),
                StringColumn.create("model", replies.values().stream().map(Reply::model)),
                StringColumn.create("decoding", replies.values().stream().map(Reply::decoding)));
    }

    @Override
    public String toString() {
        return "Predictions: " + replies.size() + " replies";
    }
}
