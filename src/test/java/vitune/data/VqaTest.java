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

class VqaTest {
    private static final String QUESTIONS = """
            {"info": {"year": 2017}, "task_type": "Open-Ended", "questions": [
             {"image_id": 9, "question": "What is it?", "question_id": 9000},
             {"image_id": 25, "question": "How many dogs?", "question_id": 25000},
             {"image_id": 9, "question": "Is it red?", "question_id": 9001}],
             "data_type": "mscoco", "data_subtype": "train2014", "license": {}}
            """;
    private static final String ANNOTATIONS = """
            {"annotations": [
             {"question_id": 9001, "image_id": 9, "question_type": "is it", "answer_type": "yes/no",
              "multiple_choice_answer": "no",
              "answers": [{"answer": "yes", "answer_id": 1}, {"answer": "no", "answer_id": 2}]},
             {"question_id": 9000, "image_id": 9, "multiple_choice_answer": "van",
              "answers": [{"answer": "van"}, {"answer": "bus"}, {"answer": "car"}, {"answer": "bus"},
              {"answer": ""}, {"answer": ""}, {"answer": ""}]},
             {"question_id": 25000, "image_id": 25, "multiple_choice_answer": "2"}]}
            """;

    @TempDir
    Path folder;

    private Path questions;
    private Path annotations;

    @BeforeEach
    void files() throws IOException {
        questions = Files.writeString(folder.resolve("questions.json"), QUESTIONS);
        annotations = Files.writeString(folder.resolve("annotations.json"), ANNOTATIONS);
        Files.writeString(folder.resolve("COCO_train2014_000000000009.jpg"), "x");
        Files.createDirectories(folder.resolve("train2014"));
        Files.writeString(folder.resolve("train2014/000000000025.jpg"), "x");
    }

    @Test
    void theQuestionsOfAPictureAreOneConversationWithOnePrompt() {
        InstructionSet set = Vqa.llava().read(questions, annotations, folder);
        assertEquals(2, set.size());
        InstructionSample first = set.samples().get(0);
        assertEquals("vqa-picture-9", first.id());
        assertEquals(List.of(folder.resolve("COCO_train2014_000000000009.jpg")), first.images());
        assertEquals(
                List.of(
                        new Turn("What is it?\nAnswer the question using a single word or phrase.", "bus"),
                        new Turn("Is it red?", "no")),
                first.turns());
        assertEquals("VQA", first.provenance().get("source"));
        assertEquals("questions.json", first.provenance().get("file"));
        assertEquals("9000 9001", first.provenance().get("question"));
        assertEquals(
                List.of(folder.resolve("train2014/000000000025.jpg")),
                set.samples().get(1).images());
        assertEquals("2", set.samples().get(1).turns().get(0).response());
    }

    @Test
    void promptAndLayoutAreChoices() {
        InstructionSet set =
                Vqa.llava().withByPicture(false).withFormatPrompt("In a word.").read(questions, annotations, folder);
        assertEquals(
                List.of("vqa-9000", "vqa-25000", "vqa-9001"),
                set.samples().stream().map(InstructionSample::id).toList());
        assertEquals(
                new Turn("Is it red?\nIn a word.", "no"),
                set.samples().get(2).turns().get(0));
        assertEquals(
                "Is it red?",
                Vqa.llava()
                        .withByPicture(false)
                        .withFormatPrompt("")
                        .read(questions, annotations, folder)
                        .samples()
                        .get(2)
                        .turns()
                        .get(0)
                        .instruction());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "questions   | \"How many dogs?\"     | ' '                | line 3, column                     | broken JSON",
                "questions   | \"How many dogs?\"     | 'null'             | questions[1].question              | got nothing",
                "questions   | 25000}                 | \"x\"}             | questions[1].question_id           | whole number",
                "questions   | 9001}                  | 9000}              | questions[2].question_id           | first in questions[0]",
                "questions   | 9001}                  | 9002}              | annotations[0].question_id         | got 9001",
                "questions   | \"image_id\": 25       | \"image_id\": 26   | annotations[2].image_id            | got 25, expected 26",
                "questions   | train2014              | val2014            | questions[0].image_id              | COCO_val2014_000000000009.jpg",
                "questions   | \"questions\"          | \"asked\"          | top level                          | no questions",
                "annotations | \"question_id\": 25000, | ''                | annotations[2].question_id         | got nothing",
                "annotations | {\"answer\": \"car\"}  | {\"a\": \"car\"} | annotations[1].answers[2].answer  | got nothing",
                "annotations | \"yes\", \"answer_id\": 1}, {\"answer\": \"no\" | \" \"}, {\"answer\": \"\" | annotations[0].answers | not blank",
                "annotations | {\"answer\": \"car\"}  | 7                  | annotations[1].answers             | list of objects",
                "annotations | , \"multiple_choice_answer\": \"2\" | ''    | annotations[2].multiple_choice_answer | got nothing",
            })
    void badRowsAreNamedByFileRowAndField(String which, String what, String becomes, String where, String also)
            throws IOException {
        String good = which.equals("questions") ? QUESTIONS : ANNOTATIONS;
        assertTrue(good.contains(what), what);
        Files.writeString(folder.resolve(which + ".json"), good.replace(what, becomes));
        DataException e = assertThrows(DataException.class, () -> Vqa.llava().read(questions, annotations, folder));
        assertTrue(e.where().startsWith(where), e.getMessage());
        assertTrue(e.getMessage().contains(also), e.getMessage());
    }

    @Test
    void aQuestionWithoutAnAnswerIsNamed() throws IOException {
        Files.writeString(annotations, "{\"annotations\": []}");
        DataException e = assertThrows(DataException.class, () -> Vqa.llava().read(questions, annotations, folder));
        assertEquals(questions, e.file());
        assertEquals("questions[0].question_id", e.where());
    }
}
