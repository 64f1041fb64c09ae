package vitune.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each metric against its definition, written down a second time in make_metrics.py: case by case, and in total. */
class MetricReferenceTest {
    private static final double EXACT = 1e-9;

    private static JsonObject totals(String metric) {
        return Cases.TOTALS.getAsJsonObject(metric);
    }

    /** Value, ends of the Wilson interval, n. */
    private static void same(JsonArray expected, Marks marks, String measure, String group) {
        Marks.Mark mark = marks.mark(measure, group);
        assertEquals(expected.get(0).getAsDouble(), mark.value(), EXACT, mark.toString());
        if (expected.size() > 1) {
            assertEquals(expected.get(1).getAsDouble(), mark.low(), EXACT, mark.toString());
            assertEquals(expected.get(2).getAsDouble(), mark.high(), EXACT, mark.toString());
            assertEquals(expected.get(3).getAsInt(), mark.n(), mark.toString());
        } else {
            assertTrue(mark.low() <= mark.value() && mark.value() <= mark.high(), mark.toString());
        }
    }

    @Test
    void vqaAndTextVqaWordByWord() {
        for (JsonObject row : Cases.of("vqa_cleaned.jsonl")) {
            String text = Cases.text(row, "text");
            assertEquals(Cases.text(row, "cleaned"), VqaAccuracy.cleaned(text), text);
            assertEquals(Cases.text(row, "tokenised"), VqaAccuracy.tokenised(text), text);
        }
    }

    @Test
    void vqaAndTextVqa() {
        List<Prediction> predictions = Cases.vqa();
        List<JsonObject> rows = Cases.of("vqa.jsonl");
        Map<Integer, Metric> forms = Map.of(0, Metric.vqa(), 1, Metric.vqaCleaned(), 2, Metric.textVqa());
        List<String> names = List.of("official", "cleaned", "text");
        forms.forEach((form, metric) -> {
            for (int i = 0; i < rows.size(); i++) {
                assertEquals(
                        rows.get(i).getAsJsonArray("worth").get(form).getAsDouble(),
                        ((VqaAccuracy) metric)
                                .worth(
                                        predictions.get(i).reply(),
                                        predictions.get(i).question().answers()),
                        EXACT,
                        rows.get(i).toString());
            }
            Marks marks = metric.score(predictions);
            totals("vqa")
                    .getAsJsonObject(names.get(form))
                    .asMap()
                    .forEach((kind, mean) -> assertEquals(mean.getAsDouble(), marks.value("accuracy", kind), EXACT));
        });
    }

    @Test
    void gqa() {
        for (JsonObject row : Cases.of("gqa.jsonl")) {
            assertEquals(
                    row.get("right").getAsBoolean(),
                    GqaAccuracy.normalise(Cases.text(row, "reply")).equals(Cases.text(row, "answer")),
                    row.toString());
        }
        Marks marks = Metric.gqa().score(Cases.gqa());
        totals("gqa").asMap().forEach((group, share) -> same(share.getAsJsonArray(), marks, "accuracy", group));
    }

    @Test
    void pope() {
        for (JsonObject row : Cases.of("pope.jsonl")) {
            assertEquals(row.get("no").getAsBoolean(), PopeScore.saysNo(Cases.text(row, "reply")), row.toString());
        }
        Marks marks = Metric.pope().score(Cases.pope());
        Map<String, JsonElement> expected = totals("pope").asMap();
        assertEquals(expected.remove("mean F1").getAsDouble(), marks.value("mean F1"), EXACT);
        expected.forEach((group, measures) -> measures.getAsJsonObject()
                .asMap()
                .forEach((measure, numbers) -> same(numbers.getAsJsonArray(), marks, measure, group)));
    }

    @Test
    void mme() {
        for (JsonObject row : Cases.of("mme.jsonl")) {
            assertEquals(Cases.text(row, "said"), MmeScore.said(Cases.text(row, "reply")), row.toString());
        }
        Marks marks = Metric.mme().score(Cases.mme());
        totals("mme")
                .asMap()
                .forEach((group, measures) -> measures.getAsJsonObject()
                        .asMap()
                        .forEach((measure, numbers) -> same(numbers.getAsJsonArray(), marks, measure, group)));
    }

    @Test
    void mmBench() {
        for (JsonObject row : Cases.of("mmbench.jsonl")) {
            assertEquals(
                    Cases.text(row, "letter"),
                    MmBenchAccuracy.letter(Cases.text(row, "reply"), Cases.texts(row.get("choices"))),
                    row.toString());
        }
        Marks marks = Metric.mmBench().score(Cases.mmBench());
        totals("mmbench")
                .asMap()
                .forEach((group, measures) -> measures.getAsJsonObject()
                        .asMap()
                        .forEach((measure, numbers) -> same(numbers.getAsJsonArray(), marks, measure, group)));
    }

    @Test
    void scienceQa() {
        List<Prediction> predictions = Cases.scienceQa();
        List<JsonObject> rows = Cases.of("scienceqa.jsonl");
        for (int i = 0; i < rows.size(); i++) {
            Prediction p = predictions.get(i);
            String row = rows.get(i).toString();
            assertEquals(
                    Cases.text(rows.get(i), "letter"),
                    new ScienceQaAccuracy(false).letter(p.reply(), p.question()),
                    row);
            assertEquals(
                    Cases.text(rows.get(i), "reasoned"),
                    new ScienceQaAccuracy(true).letter(p.reply(), p.question()),
                    row);
        }
        Marks alone = Metric.scienceQa().score(predictions);
        Marks reasoned = Metric.scienceQaReasoned().score(predictions);
        Map<String, JsonElement> expected = totals("scienceqa").asMap();
        same(expected.remove("unread").getAsJsonArray(), alone, "unread", "overall");
        expected.forEach((group, measures) -> {
            same(measures.getAsJsonObject().getAsJsonArray("accuracy"), alone, "accuracy", group);
            same(measures.getAsJsonObject().getAsJsonArray("reasoned"), reasoned, "accuracy", group);
        });
    }

    @Test
    void relativeScore() {
        Marks marks = RelativeScore.of(Cases.relative());
        totals("relative").asMap().forEach((kind, numbers) -> {
            List<JsonElement> three = numbers.getAsJsonArray().asList();
            List<String> measures = List.of("relative", "reference", "candidate");
            for (int i = 0; i < 3; i++) {
                Marks.Mark mark = marks.mark(measures.get(i), kind);
                assertEquals(three.get(i).getAsDouble(), mark.value(), EXACT);
                assertEquals(three.get(3).getAsInt(), mark.n());
            }
        });
    }
}
