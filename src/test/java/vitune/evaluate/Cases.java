package vitune.evaluate;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import vitune.data.Question;

/** The reference cases that make_metrics.py wrote, and the questions in them. */
final class Cases {
    static final JsonObject TOTALS =
            JsonParser.parseString(lines("totals.json").get(0)).getAsJsonObject();

    private Cases() {}

    static List<JsonObject> of(String name) {
        List<String> lines = lines(name);
        JsonArray names = JsonParser.parseString(lines.get(0)).getAsJsonArray();
        return lines.stream()
                .skip(1)
                .map(line -> {
                    JsonObject row = new JsonObject();
                    List<JsonElement> values =
                            JsonParser.parseString(line).getAsJsonArray().asList();
                    for (int i = 0; i < values.size(); i++) {
                        row.add(names.get(i).getAsString(), values.get(i));
                    }
                    return row;
                })
                .toList();
    }

    private static List<String> lines(String name) {
        try (var reader = new BufferedReader(
                new InputStreamReader(Cases.class.getResourceAsStream(name), StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(JsonObject row, String field) {
        return row.get(field).getAsString();
    }

    static List<String> texts(JsonElement list) {
        return list.getAsJsonArray().asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }

    static List<Prediction> vqa() {
        List<Prediction> all = new ArrayList<>();
        for (JsonObject row : of("vqa.jsonl")) {
            List<String> answers = new ArrayList<>();
            row.getAsJsonArray("answers")
                    .forEach(pair -> answers.addAll(Collections.nCopies(
                            pair.getAsJsonArray().get(1).getAsInt(),
                            pair.getAsJsonArray().get(0).getAsString())));
            all.add(prediction("" + all.size(), row, text(row, "kind"), answers, List.of(), Map.of()));
        }
        return all;
    }

    static List<Prediction> gqa() {
        List<Prediction> all = new ArrayList<>();
        of("gqa.jsonl").forEach(row -> all.add(prediction("" + all.size(), row, text(row, "kind"))));
        return all;
    }

    static List<Prediction> pope() {
        List<Prediction> all = new ArrayList<>();
        of("pope.jsonl")
                .forEach(row -> all.add(prediction(
                        "" + all.size(), row, text(row, "split"), List.of(text(row, "label")), List.of(), Map.of())));
        return all;
    }

    static List<Prediction> mme() {
        List<Prediction> all = new ArrayList<>();
        of("mme.jsonl")
                .forEach(row -> all.add(prediction(
                        "" + all.size(),
                        row,
                        text(row, "subtask"),
                        List.of(text(row, "answer")),
                        List.of(),
                        Map.of("picture", text(row, "picture")))));
        return all;
    }

    static List<Prediction> mmBench() {
        return of("mmbench.jsonl").stream()
                .map(row -> prediction(
                        text(row, "id"),
                        row,
                        text(row, "category"),
                        List.of(text(row, "answer")),
                        texts(row.get("choices")),
                        Map.of("question", text(row, "question"), "ability", text(row, "ability"))))
                .toList();
    }

    static List<Prediction> scienceQa() {
        List<Prediction> all = new ArrayList<>();
        of("scienceqa.jsonl")
                .forEach(row -> all.add(prediction(
                        "" + all.size(),
                        row,
                        text(row, "kind"),
                        List.of(text(row, "answer")),
                        List.of("ice", "tea", "steam", "fog", "hail")
                                .subList(0, row.get("choices").getAsInt()),
                        Map.of("grade", text(row, "grade"), "context", text(row, "context")))));
        return all;
    }

    static List<RelativeScore.Rating> relative() {
        return of("relative.jsonl").stream()
                .map(row -> new RelativeScore.Rating(
                        text(row, "question"),
                        text(row, "kind"),
                        row.get("reference").getAsDouble(),
                        row.get("candidate").getAsDouble()))
                .toList();
    }

    private static Prediction prediction(String id, JsonObject row, String kind) {
        return prediction(id, row, kind, List.of(text(row, "answer")), List.of(), Map.of());
    }

    private static Prediction prediction(
            String id,
            JsonObject row,
            String kind,
            List<String> answers,
            List<String> choices,
            Map<String, String> tags) {
        return new Prediction(
                new Question(id, Path.of("p.png"), kind, "What?", answers, choices, tags), text(row, "reply"));
    }
}
