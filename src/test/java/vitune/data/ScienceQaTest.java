package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScienceQaTest {
    private static final String PROBLEMS = """
            {"1": {"question": "Which is colder?", "choices": ["ice", "tea", "steam"], "answer": 0,
                   "hint": "Look at the picture.", "image": "image.png", "task": "closed choice", "grade": "grade2",
                   "subject": "natural science", "topic": "physics", "category": "heat", "skill": "compare",
                   "lecture": "Heat can be measured.", "solution": "Ice is frozen.", "split": "train"},
             "2": {"question": "Which is a verb?", "choices": ["run", "dog"], "answer": 0, "hint": "", "image": null,
                   "lecture": "", "solution": "", "split": "train"},
             "5": {"question": "Which is last?", "choices": ["a", "b"], "answer": 1, "hint": "", "image": "image.png",
                   "lecture": "", "solution": "It is b.", "split": "val"}}
            """;
    private static final String SPLITS = """
            {"train": ["2", "1"], "val": ["5"], "trainval": ["1", "2", "5"]}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("problems.json"), PROBLEMS);
        Files.writeString(folder.resolve("pid_splits.json"), SPLITS);
        for (String place : List.of("images/train/1", "images/5")) {
            Files.createDirectories(folder.resolve(place));
            Files.writeString(folder.resolve(place).resolve("image.png"), "x");
        }
    }

    private InstructionSet read(String split, ScienceQa.Form form) {
        return ScienceQa.read(folder, split, folder.resolve("images"), form);
    }

    @Test
    void reasoningComesBeforeTheAnswer() {
        InstructionSet set = read("train", ScienceQa.Form.REASONING_THEN_ANSWER);
        assertEquals(
                List.of("scienceqa-2", "scienceqa-1"),
                set.samples().stream().map(InstructionSample::id).toList());
        InstructionSample ice = set.samples().get(1);
        assertEquals(List.of(folder.resolve("images/train/1/image.png")), ice.images());
        assertEquals(ResponseType.COMPLEX_REASONING, ice.type());
        assertEquals(
                new Turn(
                        "Which is colder?\nContext: Look at the picture.\nOptions: (A) ice (B) tea (C) steam",
                        "Heat can be measured.\nIce is frozen.\nThe answer is A."),
                ice.turns().get(0));
        assertEquals(
                "{file=problems.json, grade=grade2, problem=1, source=ScienceQA, split=train, subject=natural science, "
                        + "topic=physics}",
                ice.provenance().toString());
    }

    @Test
    void aProblemWithoutAPictureIsTextOnly() {
        InstructionSample verb =
                read("train", ScienceQa.Form.REASONING_THEN_ANSWER).samples().get(0);
        assertEquals(List.of(), verb.images());
        assertEquals(
                new Turn("Which is a verb?\nOptions: (A) run (B) dog", "The answer is A."),
                verb.turns().get(0));
    }

    @Test
    void theAnswerAloneAndASplitOfSplits() {
        InstructionSet set = read("trainval", ScienceQa.Form.ANSWER);
        assertEquals(3, set.size());
        assertEquals("The answer is B.", set.samples().get(2).turns().get(0).response());
        assertEquals(
                List.of(folder.resolve("images/5/image.png")),
                set.samples().get(2).images());
        assertEquals(ResponseType.QUESTION_ANSWERING, set.samples().get(2).type());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "problems   | \"answer\": 1      | \"answer\": 2      | 5.answer    | got 2, expected the place of a choice, 0 to 1",
                "problems   | \"answer\": 1      | \"answer\": \"B\"  | 5.answer    | expected a whole number",
                "problems   | [\"a\", \"b\"]     | [\"a\"]            | 5.choices   | got 1 choices",
                "problems   | [\"a\", \"b\"]     | \"ab\"             | 5.choices   | expected a list of texts",
                "problems   | \"Which is last?\" | \" \"              | 5.question  | not blank",
                "problems   | \"It is b.\"       | []                 | 5.solution  | expected a text",
                "problems   | \"\", \"image\": \"image.png\" | \"\", \"image\": \"picture.png\" | 5.image | 5/picture.png",
                "problems   | \"\", \"image\": \"image.png\" | \"\", \"image\": \"../../../problems.json\" | 5.image | stays inside",
                "problems   | \"5\": {           | \"6\": {           | 5           | no such problem",
                "problems   | \"split\": \"val\"}} | \"split\": \"val\"} | line 9, column | broken JSON",
                "pid_splits | \"trainval\"       | \"all\"            | splits.trainval | one of [train, val, all]",
                "pid_splits | \"2\", \"5\"       | \"2\", \"2\"       | splits.trainval | 2 a second time",
                "pid_splits | [\"1\", \"2\"      | [\"1\", {}         | splits.trainval | a list of problem numbers",
            })
    void badProblemsAreNamedByFileNumberAndField(String file, String what, String becomes, String where, String also)
            throws IOException {
        String good = file.equals("problems") ? PROBLEMS : SPLITS;
        assertTrue(good.contains(what), what);
        Files.writeString(folder.resolve(file + ".json"), good.replace(what, becomes));
        DataException e =
                assertThrows(DataException.class, () -> read("trainval", ScienceQa.Form.REASONING_THEN_ANSWER));
        assertEquals(folder.resolve(file + ".json"), e.file());
        assertTrue(e.where().startsWith(where), e.getMessage());
        assertTrue(e.getMessage().contains(also), e.getMessage());
    }
}
