package vitune.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Questions with short answers: a file of questions and a file of annotations, as VQA v1 and v2 are published; the
 * answer that most people gave is taught. Source: LLaVA-1.5 §3.3 (arXiv:2310.03744), which adds a format prompt and
 * makes the questions about a picture one conversation, with the prompt in its first turn.
 *
 * @param formatPrompt asks for the form of the answer, on a line after the first question; "" for none
 * @param byPicture one sample a picture with a turn a question, else one sample a question
 */
public record Vqa(String formatPrompt, boolean byPicture) {
    private static final Set<String> FIELDS =
            Set.of("question_id", "image_id", "question", "answers", "multiple_choice_answer", "answer_type");

    /** A question with its place and its picture. */
    private record Asked(JsonRow row, long id, long image, String question) {}

    /** As LLaVA-1.5 has it: its prompt for one word or phrase, one sample a picture. */
    public static Vqa llava() {
        return new Vqa("Answer the question using a single word or phrase.", true);
    }

    public Vqa withFormatPrompt(String prompt) {
        return new Vqa(prompt, byPicture);
    }

    public Vqa withByPicture(boolean together) {
        return new Vqa(formatPrompt, together);
    }

    /**
     * Reads the two files. Among answers that equally many people gave, {@code multiple_choice_answer} wins, then the
     * first; blank ones do not count.
     *
     * @param questions {@code {"data_subtype", "questions": [{"question_id", "image_id", "question"}]}}
     * @param annotations {@code {"annotations": [{"question_id", "answers": [{"answer"}], "multiple_choice_answer"}]}};
     *     either of the two answer fields suffices
     * @param imageFolder holds {@code COCO_train2014_000000000009.jpg} (by {@code data_subtype}) or {@code
     *     000000000009.jpg}, itself or in a folder named by {@code data_subtype}
     * @throws DataException for bad rows, by file, row and field; also for a question without an answer
     */
    public InstructionSet read(Path questions, Path annotations, Path imageFolder) {
        List<Asked> asked = new ArrayList<>();
        String subset = readQuestions(questions, asked);
        Map<Long, String> answers = readAnswers(annotations, asked);
        Map<Long, Path> pictures = new LinkedHashMap<>();
        Map<Long, List<Asked>> groups = new LinkedHashMap<>();
        for (Asked one : asked) {
            if (!answers.containsKey(one.id)) {
                throw one.row.error("question_id", one.id + ", which has no answer", "one in " + annotations);
            }
            pictures.computeIfAbsent(one.image, image -> picture(one.row, image, subset, imageFolder));
            groups.computeIfAbsent(byPicture ? one.image : one.id, key -> new ArrayList<>())
                    .add(one);
        }
        List<InstructionSample> samples = new ArrayList<>();
        groups.forEach((key, group) -> samples.add(new InstructionSample(
                (byPicture ? "vqa-picture-" : "vqa-") + key,
                List.of(pictures.get(group.get(0).image)),
                ResponseType.QUESTION_ANSWERING,
                turns(group, answers),
                Map.of(
                        "source",
                        "VQA",
                        "file",
                        questions.getFileName().toString(),
                        "question",
                        group.stream().map(one -> "" + one.id).collect(Collectors.joining(" "))))));
        return InstructionSet.of(samples);
    }

    /**
     * Reads the two files to ask a model: a question with what each of ten people answered, of the kind {@code
     * answer_type} ("yes/no", "number", "other"; "all" where there is none), with the format prompt after it.
     *
     * @throws DataException as {@link #read} has it
     */
    public List<Question> questions(Path questions, Path annotations, Path imageFolder) {
        List<Asked> asked = new ArrayList<>();
        String subset = readQuestions(questions, asked);
        Map<Long, Question> answered = new HashMap<>();
        Map<String, String> once = new HashMap<>(); // of millions of answers, most are the same few words
        Map<Long, Path> pictures = new LinkedHashMap<>();
        readAnnotations(annotations, asked, (row, one) -> {
            String kind = row.textOrNone("answer_type");
            List<String> answers = row.rows("answers").stream()
                    .map(Vqa::given)
                    .map(answer -> once.computeIfAbsent(answer, text -> text))
                    .toList();
            if (answers.stream().allMatch(String::isBlank)) {
                throw row.error("answers", "no answer", "at least one that is not blank");
            }
            Path image = pictures.computeIfAbsent(one.image, number -> picture(one.row, number, subset, imageFolder));
            answered.put(
                    one.id,
                    new Question(
                            "" + one.id,
                            image,
                            kind.isEmpty() ? "all" : kind,
                            one.question,
                            answers,
                            List.of(),
                            Map.of()));
        });
        return asked.stream()
                .map(one -> {
                    Question question = answered.get(one.id);
                    if (question == null) {
                        throw one.row.error("question_id", one.id + ", which has no answer", "one in " + annotations);
                    }
                    return question.withPrompt(formatPrompt);
                })
                .toList();
    }

    private List<Turn> turns(List<Asked> group, Map<Long, String> answers) {
        List<Turn> turns = new ArrayList<>();
        for (Asked one : group) {
            String prompt = turns.isEmpty() && !formatPrompt.isBlank() ? "\n" + formatPrompt.strip() : "";
            turns.add(new Turn(one.question + prompt, answers.get(one.id)));
        }
        return turns;
    }

    /** Reads the questions and tells the subset, "train2014", or "" where the file names none. */
    private static String readQuestions(Path file, List<Asked> asked) {
        Map<Long, String> seen = new TreeMap<>();
        String[] subset = {""};
        section(file, "questions", subset, FIELDS, row -> {
            long id = row.whole("question_id");
            unique(row, id, seen);
            asked.add(new Asked(row, id, row.whole("image_id"), row.text("question")));
        });
        return subset[0];
    }

    private static Map<Long, String> readAnswers(Path file, List<Asked> asked) {
        Map<Long, String> answers = new TreeMap<>();
        readAnnotations(file, asked, (row, one) -> answers.put(one.id, answer(row)));
        return answers;
    }

    private static void readAnnotations(Path file, List<Asked> asked, BiConsumer<JsonRow, Asked> use) {
        Map<Long, Asked> known = asked.stream().collect(Collectors.toMap(Asked::id, one -> one));
        Map<Long, String> seen = new TreeMap<>();
        section(file, "annotations", new String[1], FIELDS, row -> {
            long id = row.whole("question_id");
            unique(row, id, seen);
            Asked one = known.get(id);
            if (one == null) {
                throw row.error("question_id", "" + id, "the id of a question");
            }
            if (row.has("image_id") && row.whole("image_id") != one.image) {
                throw row.error("image_id", "" + row.whole("image_id"), one.image + ", as question " + id + " has it");
            }
            use.accept(row, one);
        });
    }

    private static String given(JsonRow answer) {
        return answer.value(
                "answer", "a text", v -> v.getAsJsonPrimitive().getAsString().strip());
    }

    private static String answer(JsonRow row) {
        if (!row.has("answers")) {
            return row.text("multiple_choice_answer");
        }
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (JsonRow given : row.rows("answers")) {
            votes.merge(given(given), 1, Integer::sum);
        }
        votes.remove(""); // somebody had none
        if (votes.isEmpty()) {
            throw row.error("answers", "no answer", "at least one that is not blank");
        }
        int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        String chosen = row.has("multiple_choice_answer") ? row.text("multiple_choice_answer") : "";
        return votes.getOrDefault(chosen, 0) == most
                ? chosen
                : votes.keySet().stream()
                        .filter(answer -> votes.get(answer) == most)
                        .findFirst()
                        .orElseThrow();
    }

    private static void unique(JsonRow row, long id, Map<Long, String> seen) {
        String before = seen.put(id, row.at());
        if (before != null) {
            throw row.error("question_id", id + " a second time (first in " + before + ")", "each id once");
        }
    }

    /** Reads one list of a file, and its {@code data_subtype} wherever it stands. */
    static void section(Path file, String section, String[] subset, Set<String> fields, Consumer<JsonRow> use) {
        boolean[] found = {false};
        JsonFile.read(file, reader -> {
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                if (name.equals(section)) {
                    found[0] = true;
                    JsonFile.each(file, reader, section, fields, use);
                } else if (name.equals("data_subtype")) {
                    subset[0] = reader.nextString();
                } else {
                    reader.skipValue();
                }
            }
            reader.endObject();
        });
        if (!found[0]) {
            throw new DataException(file, "top level", "no " + section, "a list of " + section);
        }
    }

    private static Path picture(JsonRow row, long image, String subset, Path folder) {
        String number = String.format(Locale.ROOT, "%012d.jpg", image);
        List<String> names = Stream.of("COCO_" + subset + "_" + number, number)
                .flatMap(name -> Stream.of(name, subset + "/" + name))
                .toList();
        String name = names.stream()
                .filter(there -> Files.isRegularFile(folder.resolve(there)))
                .findFirst()
                .orElseThrow(
                        () -> row.error("image_id", image + " without a picture", "one of " + names + " in " + folder));
        return row.picture("image_id", name, folder);
    }
}
