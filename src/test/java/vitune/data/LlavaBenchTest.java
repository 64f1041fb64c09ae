package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layout of the published files, with texts of our own. */
class LlavaBenchTest {
    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Path questions(String image) throws IOException {
        return file("questions.jsonl", """
                {"question_id": 0, "image": "%s", "text": "How many dogs?", "category": "conv"}
                {"question_id": 1, "image": "2.jpg", "text": "Describe it.", "category": "detail"}
                """.formatted(image));
    }

    private Path references() throws IOException {
        return file("answers.jsonl", """
                {"question_id": 1, "text": "A boat at sea.", "answer_id": "x", "model_id": "gpt-4", "metadata": {}}
                {"question_id": 0, "text": "Two.", "category": "conv"}
                """);
    }

    private Path contexts() throws IOException {
        return file("contexts.jsonl", """
                {"id": "1", "image": "1.jpg", "captions": ["Two dogs.", "Dogs run."], "instances": [\
                {"category": "dog", "bbox": [0.1, 0.25, 0.5, 1.0]}, {"category": "dog", "bbox": [0, 0, 0.2, 0.3]}]}
                {"id": "2", "image": "2.jpg", "caption": "A boat."}
                """);
    }

    @Test
    void questionsComeWithReferenceAndPictureInWords() throws IOException {
        var read = LlavaBench.read(questions("1.jpg"), references(), contexts(), folder.resolve("images"));
        assertEquals(List.of("0", "1"), read.stream().map(Question::id).toList());
        assertEquals(
                List.of("conv", "detail"), read.stream().map(Question::kind).toList());
        assertEquals(
                List.of("Two.", "A boat at sea."),
                read.stream().map(Question::answer).toList());
        assertEquals(
                "Two dogs.\nDogs run.\n\ndog: [0.1, 0.25, 0.5, 1.0]\ndog: [0.0, 0.0, 0.2, 0.3]",
                read.get(0).tag(LlavaBench.CONTEXT));
        assertEquals("A boat.", read.get(1).tag(LlavaBench.CONTEXT));
        assertEquals(folder.resolve("images/2.jpg"), read.get(1).image());
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        for (var odd : List.of("3.jpg", "../1.jpg")) {
            var questions = questions(odd);
            var references = references();
            var contexts = contexts();
            var message = assertThrows(
                            DataException.class, () -> LlavaBench.read(questions, references, contexts, folder))
                    .getMessage();
            assertTrue(message.contains("line 1.image") && message.contains(odd), message);
        }
        var questions = questions("1.jpg");
        var contexts = contexts();
        var short1 = file("short.jsonl", "{\"question_id\": 0, \"text\": \"Two.\"}\n");
        var message = assertThrows(DataException.class, () -> LlavaBench.read(questions, short1, contexts, folder))
                .getMessage();
        assertTrue(message.contains("line 2.question_id"), message);
    }
}
