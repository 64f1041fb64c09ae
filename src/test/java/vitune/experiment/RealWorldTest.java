package vitune.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.Question;
import vitune.data.ResponseType;
import vitune.teach.Teacher;
import vitune.teach.TeacherReply;
import vitune.teach.TeacherRequest;

/** The real world over files of the published formats, some rows each, and a checkpoint of random weights. */
class RealWorldTest {
    @TempDir
    Path folder;

    private RealFolder files;

    @BeforeEach
    void write() throws IOException {
        files = RealFolder.write(folder);
    }

    private RealWorld world() {
        return new RealWorld(files.files(), Teacher.builtIn());
    }

    /** The built-in teacher by another name; counts how often it was closed. */
    private static final class Named implements Teacher {
        private final Teacher teacher = Teacher.builtIn();
        private final String name;
        private int closed;

        Named(String name) {
            this.name = name;
        }

        @Override
        public TeacherReply ask(TeacherRequest request) {
            return teacher.ask(request);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void close() {
            closed++;
            teacher.close();
        }
    }

    @Test
    void aTableRunsFromFilesToScores() throws IOException {
        var table = new Experiment(
                "test",
                "With and without stage 2",
                "test",
                "none",
                Map.of("questions", "{withheld}/tuned/overall", "all", "judge/overall"),
                List.of(
                        new Experiment.Row("full", Recipe.full(), Map.of("all", 85.1)),
                        new Experiment.Row("none", Recipe.full().withData("none", Map.of()))));
        try (RealWorld world = world()) {
            var reproduction = new Reproduction(world, folder.resolve("out"));
            Results results = reproduction.run(table, List.of(1L));
            Outcome full = results.outcomes().get(0);
            assertTrue(full.measures()
                    .keySet()
                    .containsAll(Set.of(
                            "loss/align",
                            "loss/instruct",
                            "questions/tuned/adversarial",
                            "questions/blind/overall",
                            "questions/text only/overall",
                            "questions/aligned/overall",
                            "judge/conversation",
                            "judge/overall")));
            assertFalse(results.outcomes().get(1).measures().containsKey("loss/instruct"));
            assertEquals(
                    results.outcomes(), reproduction.rescore(table, List.of(1L)).outcomes());
            assertEquals("table-test-real", results.name());
            assertTrue(reproduction.plan(table, List.of(1L)).stream().allMatch(line -> line.endsWith("known")));
            Path replies = folder.resolve(
                    "out/predictions/real-full-1-" + full.fingerprint().substring(0, 8) + "-questions-text-only.jsonl");
            assertTrue(Files.exists(replies), replies::toString);
        }
        files.put("captions.json", RealFolder.rows("What is it?", "a picture"));
        try (RealWorld other = world()) {
            var reproduction = new Reproduction(other, folder.resolve("out"));
            assertEquals(List.of(), reproduction.known(table).outcomes(), "these captions have not been tuned on");
            assertTrue(reproduction.plan(table, List.of(1L)).stream().allMatch(line -> line.endsWith("to run")));
        }
    }

    @Test
    void tableEightAsksScienceQaWhereItIs() {
        try (RealWorld world = world()) {
            Results results = new Reproduction(world, folder.resolve("out")).run(Experiment.ORDER, List.of(1L));
            assertEquals(
                    List.of("reason-first", "answer-first"),
                    results.outcomes().stream().map(Outcome::recipe).toList());
            for (Outcome outcome : results.outcomes()) {
                Set<String> measures = outcome.measures().keySet();
                assertTrue(measures.contains("questions/tuned/natural science"), measures::toString);
                assertTrue(measures.stream().noneMatch(name -> name.startsWith("judge")), measures::toString);
            }
            assertEquals(List.of("reason-first", "unaligned-reason-first"), names(world.fitted(Experiment.ALIGNMENT)));
            assertEquals(
                    List.of("mlp-layer-2-reason-first", "mlp-reason-first"), names(world.fitted(Experiment.LAYER)));
            assertEquals(
                    Map.of("questions", 85.81),
                    world.fitted(Experiment.ALIGNMENT).rows().get(1).paper());
            assertSame(Experiment.DATA, world.fitted(Experiment.DATA));
            Recipe science = world.fitted(Experiment.ALIGNMENT).recipes().get(0);
            assertEquals(12, world.instruct(science).epochs());
            assertEquals(128, world.instruct(science).batch());
            assertEquals(3, world.instruct(Recipe.full()).epochs());
            assertEquals(
                    List.of("B", "", "A"),
                    Stream.of("It is one. The answer is A. No: The answer is B.", "a car", "The answer is A.")
                            .map(reply -> world.exams(science)
                                    .get(0)
                                    .answer()
                                    .apply(
                                            world.exams(science)
                                                    .get(0)
                                                    .questions()
                                                    .questions()
                                                    .get(0),
                                            reply))
                            .toList());
        }
        try (RealWorld without = new RealWorld(files.withoutScience(), Teacher.builtIn())) {
            assertSame(Experiment.ALIGNMENT, without.fitted(Experiment.ALIGNMENT));
            assertEquals(List.of(), without.obstacles(Experiment.ALIGNMENT));
            assertTrue(without.obstacles(Experiment.ORDER).get(0).contains("the folder of ScienceQA was not given"));
        }
    }

    private static List<String> names(Experiment table) {
        return table.recipes().stream().map(Recipe::name).toList();
    }

    /** Of all tables it is known beforehand whether they can run, and what is in the way. */
    @Test
    void whatIsInTheWayIsNamedBeforeAnythingRuns() throws IOException {
        try (RealWorld world = world()) {
            assertEquals(
                    Set.of("generalisation", "place"),
                    Experiment.all().stream()
                            .filter(table ->
                                    !world.obstacles(world.fitted(table)).isEmpty())
                            .map(Experiment::id)
                            .collect(Collectors.toSet()));
        }
        files.put("data/detail_23k.json", "[{'id': '1', 'image': '000009.png', 'conversations': []}]");
        Files.delete(folder.resolve("bench/answers.jsonl"));
        assertEquals(
                List.of("missing bench, answers.jsonl: " + folder.resolve("bench/answers.jsonl")),
                files.files().missing(Recipe.full()));
        assertEquals(List.of(), files.files().missing(Recipe.full().withOrder("r", AnswerOrder.REASON_FIRST)));
        try (RealWorld world = world()) {
            var reproduction = new Reproduction(world, folder.resolve("out"));
            assertEquals(List.of(), reproduction.obstacles(Experiment.ORDER));
            assertEquals(List.of(), reproduction.obstacles(Experiment.LAYER));
            String message = assertThrows(
                            IllegalArgumentException.class, () -> reproduction.run(Experiment.DATA, List.of(1L)))
                    .getMessage();
            assertTrue(message.contains("table 4 cannot be run: missing bench, answers.jsonl"), message);
            assertFalse(Files.exists(folder.resolve("out/outcomes.jsonl")));
            assertTrue(world.check().stream().anyMatch(line -> line.matches(".*answers.jsonl.*MISSING")));
        }
        files.put("bench/answers.jsonl", "");
        try (RealWorld world = world()) {
            String damaged = world.obstacles(Experiment.CONNECTOR).get(0);
            assertTrue(damaged.contains("detail_23k.json"), damaged);
        }
    }

    @Test
    void withoutAnyFileNothingIsOpened() {
        var teacher = new Named("judge");
        Path none = folder.resolve("none");
        try (RealWorld world = new RealWorld(
                new RealFiles(none, none, none, none, none, none, null, folder.resolve("work")), teacher)) {
            assertEquals(11, world.obstacles(Experiment.DATA).size());
            assertTrue(world.check().stream().allMatch(line -> line.endsWith("MISSING")));
        }
        assertEquals(1, teacher.closed);
    }

    @Test
    void aDryRunTellsMemoryTimeAndPrice() {
        var teacher = new Named("gpt-4.1-mini");
        try (RealWorld world = new RealWorld(files.files(), teacher)) {
            List<String> seen = world.check();
            String all = String.join("\n", seen);
            assertFalse(all.contains("MISSING"), all);
            assertTrue(all.contains("captions: " + folder.resolve("captions.json") + ", 0.0 MB"), all);
            for (String stage : List.of("full: 130 samples", "full: 6 samples", "reason-first: 1 samples")) {
                assertTrue(
                        seen.stream()
                                .anyMatch(line -> line.startsWith(stage)
                                        && line.matches(".*GiB at most, .* fits, at least [0-9.]+ h at .*")),
                        stage + " in " + all);
            }
            assertTrue(
                    seen.stream().anyMatch(line -> line.matches("full: judge, 3 calls to gpt-4.1-mini, .*\\$0.00.*")),
                    all);
        }
        assertEquals(1, teacher.closed);
    }

    /** Of 510 pictures with three kinds of things each, and ten with one; the files are never opened to ask. */
    @Test
    void popeAsksAboutFiveHundredPictures() throws IOException {
        StringBuilder images = new StringBuilder();
        StringBuilder captions = new StringBuilder();
        StringBuilder boxes = new StringBuilder();
        for (int i = 0; i < 520; i++) {
            String end = i == 519 ? "" : ",";
            Files.createFile(folder.resolve("coco/images/" + i + ".png"));
            images.append("{'id': %d, 'file_name': '%d.png', 'width': 96, 'height': 96}%s".formatted(i, i, end));
            captions.append("{'id': %d, 'image_id': %d, 'caption': 'things'}%s".formatted(i, i, end));
            for (int k = 0; k < 3; k++) {
                int thing = i < 510 ? (i + k) % 7 : 0;
                boxes.append("{'id': %d, 'image_id': %d, 'category_id': %d, 'iscrowd': 0, 'bbox': [1, 1, 9, 9]}%s"
                        .formatted(3 * i + k, i, thing, k < 2 ? "," : end));
            }
        }
        String things = Stream.of(0, 1, 2, 3, 4, 5, 6)
                .map(thing -> "{'id': " + thing + ", 'name': 'thing" + thing + "'}")
                .toList()
                .toString();
        files.put("coco/annotations/captions.json", "{'images': [" + images + "], 'annotations': [" + captions + "]}");
        files.put(
                "coco/annotations/instances.json",
                "{'images': [" + images + "], 'annotations': [" + boxes + "], 'categories': " + things + "}");
        try (RealWorld world = world()) {
            List<Question> asked = world.exams(Recipe.full()).get(0).questions().questions();
            assertEquals(500, asked.stream().map(Question::image).distinct().count());
            assertEquals(500 * 6 * 3, asked.size());
        }
    }

    /** Each file is read once, and rows of one id in three files are told apart. */
    @Test
    void filesAreReadOnce() throws IOException {
        try (RealWorld world = world()) {
            var exam = world.exams(Recipe.full()).get(0);
            var data = world.instructions(Recipe.full(), 1);
            assertEquals(6, data.size());
            assertEquals(2, data.ofType(ResponseType.DETAILED_DESCRIPTION).size());
            assertEquals(
                    folder.resolve("coco/images/COCO_val2014_000000000003.png"),
                    world.bench(Recipe.full()).get(0).image());
            Files.delete(folder.resolve("coco/annotations/captions.json"));
            Files.delete(folder.resolve("data/detail_23k.json"));
            assertSame(exam.questions(), world.exams(Recipe.full()).get(0).questions());
            assertSame(data, world.instructions(Recipe.full(), 2));
        }
    }

    @Test
    void aFingerprintHangsOnTheContentOfEveryFile() throws IOException {
        Recipe full = Recipe.full();
        Recipe science = full.withOrder("reason-first", AnswerOrder.REASON_FIRST);
        String before = description(full);
        String scienceBefore = description(science);
        assertEquals(before, description(full));
        for (String name : List.of(
                "captions.json",
                "data/conversation_58k.json",
                "data/detail_23k.json",
                "data/complex_reasoning_77k.json",
                "bench/questions.jsonl",
                "bench/answers.jsonl",
                "bench/context.jsonl",
                "coco/annotations/instances.json",
                "coco/images/COCO_val2014_000000000003.png",
                "train/images/000001.png")) {
            Path file = folder.resolve(name);
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, new byte[] {10}, StandardOpenOption.APPEND);
            assertNotEquals(before, description(full), name);
            Files.write(file, bytes);
        }
        files.put("science/pid_splits.json", "{'train': ['1'], 'val': [], 'test': ['3']}");
        assertEquals(before, description(full), "it does not read ScienceQA");
        assertNotEquals(scienceBefore, description(science));
        try (RealWorld other = new RealWorld(files.files(), new Named("another judge"))) {
            assertNotEquals(before, other.description(full));
        }
    }

    private String description(Recipe recipe) {
        try (RealWorld world = world()) {
            return world.description(recipe);
        }
    }
}
