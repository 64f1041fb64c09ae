package vitune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official files of the benchmarks, in small. */
class BenchmarksTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static void fails(String end, Runnable work) {
        String message = assertThrows(DataException.class, work::run).getMessage();
        assertTrue(message.endsWith(end), message);
    }

    @Test
    void vqa() throws IOException {
        Path questions = file("q.json", """
                {"data_subtype": "val2014", "questions": [
                 {"image_id": 9, "question": "What is it?", "question_id": 9001},
                 {"image_id": 9, "question": "Is it red?", "question_id": 9000}]}
                """);
        String answers = """
                {"annotations": [
                 {"question_id": 9000, "image_id": 9, "answer_type": "yes/no", "multiple_choice_answer": "no",
                  "answers": [{"answer": "no", "answer_id": 1}, {"answer": "", "answer_id": 2}, {"answer": "no"}]},
                 {"question_id": 9001, "image_id": 9, "answers": [{"answer": "a van"}, {"answer": "bus "}]}]}
                """;
        Path picture = file("images/COCO_val2014_000000000009.jpg", "x");
        List<Question> read = Vqa.llava().questions(questions, file("a.json", answers), folder.resolve("images"));
        assertEquals(List.of("9001", "9000"), read.stream().map(Question::id).toList());
        assertEquals(List.of("all", "yes/no"), read.stream().map(Question::kind).toList());
        assertEquals(List.of("no", "", "no"), read.get(1).answers());
        assertEquals("no", read.get(1).answer());
        assertEquals(picture, read.get(1).image());
        assertEquals(
                "Is it red?\nAnswer the question using a single word or phrase.",
                read.get(1).text());
        Path blank = file(
                "b.json",
                answers.replace("\"no\", \"answer_id\"", "\"\", \"x\"")
                        .replace("{\"answer\": \"no\"}", "{\"answer\": \" \"}"));
        fails(
                "annotations[0].answers: got no answer, expected at least one that is not blank",
                () -> Vqa.llava().questions(questions, blank, folder.resolve("images")));
    }

    @Test
    void textVqa() throws IOException {
        String json = """
                {"dataset_type": "val", "data": [{"question_id": 34602, "image_id": "003a", "question": "What brand?",
                 "answers": ["nous", "nous", "", "dakota"], "image_classes": ["Belt"]}]}
                """;
        file("003a.jpg", "x");
        Question question = TextVqa.questions(file("t.json", json), folder).get(0);
        assertEquals(
                new Question(
                        "34602",
                        folder.resolve("003a.jpg"),
                        "text",
                        "What brand?",
                        List.of("nous", "nous", "", "dakota"),
                        List.of(),
                        Map.of()),
                question);
        Path bad = file("u.json", json.replace("\"nous\"", "7 7"));
        fails("expected well-formed JSON", () -> TextVqa.questions(bad, folder));
        Path none = file("v.json", json.replace("003a", "003b"));
        fails("data[0].image_id: got 003b.jpg, expected a picture in " + folder, () -> TextVqa.questions(none, folder));
        fails("top level: got no data, expected a list of data", () -> TextVqa.questions(file2("{}"), folder));
    }

    private Path file2(String text) {
        try {
            return file("other.json", text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void gqa() throws IOException {
        file("2375429.jpg", "x");
        Path json = file("g.json", """
                {"07333408": {"semantic": [{"operation": "select"}], "question": "Is it red?", "imageId": "2375429",
                  "answer": "no", "types": {"detailed": "existAttrC", "semantic": "attr", "structural": "verify"}},
                 "2": {"question": "What?", "imageId": "2375429", "answer": "fire hydrant"}}
                """);
        List<Question> read = Gqa.questions(json, folder);
        assertEquals(List.of("07333408", "2"), read.stream().map(Question::id).toList());
        assertEquals(List.of("verify", "all"), read.stream().map(Question::kind).toList());
        assertEquals("fire hydrant", read.get(1).answer());
        fails(
                "3.answer: got nothing, expected a text that is not blank",
                () -> Gqa.questions(file2("{\"3\": {\"question\": \"What?\", \"imageId\": \"2375429\"}}"), folder));
    }

    @Test
    void popeFiles() throws IOException {
        file("images/a.jpg", "x");
        for (String split : Pope.SPLITS) {
            file("pope/coco_pope_" + split + ".json", """
                    {"question_id": 1, "image": "a.jpg", "text": "Is there a dog?", "label": "yes"}
                    {"question_id": 2, "image": "a.jpg", "text": "Is there a cat?", "label": "no"}
                    """);
        }
        List<Question> read = Pope.questions(folder.resolve("pope"), folder.resolve("images"));
        assertEquals(
                List.of("random-1", "random-2", "popular-1", "popular-2", "adversarial-1", "adversarial-2"),
                read.stream().map(Question::id).toList());
        assertEquals("no", read.get(5).answer());
        Path bad =
                file("bad.jsonl", "{\"question_id\": 1, \"image\": \"a.jpg\", \"text\": \"?\", \"label\": \"No\"}\n");
        fails(
                "line 1.label: got \"No\", expected yes or no",
                () -> Pope.questions(bad, "random", folder.resolve("images")));
        fails(
                "no file of split random, expected a name that ends in pope_random.json",
                () -> Pope.questions(folder.resolve("images"), folder));
    }

    private static ImageContext picture(String id, String... things) {
        List<Box> boxes =
                Stream.of(things).map(thing -> new Box(thing, 0, 0, 9, 9)).toList();
        return new ImageContext(id, Path.of(id + ".png"), 96, 96, List.of("a picture"), boxes);
    }

    /** Cats come with dogs, and apples are everywhere else. */
    private static final List<ImageContext> PICTURES = List.of(
            picture("1", "dog", "cat", "dog"),
            picture("2", "dog", "cat"),
            picture("3", "dog"),
            picture("4", "apple", "bus"),
            picture("5", "apple"),
            picture("6", "apple", "bus"),
            picture("7", "apple", "owl"),
            picture("8", "apple"));

    @Test
    void absentThingsAreChosenByTheSplit() {
        List<Question> asked = Pope.ask(PICTURES, 1, 7);
        assertEquals(3 * 2 * PICTURES.size(), asked.size());
        assertEquals(asked, Pope.ask(PICTURES, 1, 7));
        assertNotEquals(asked, Pope.ask(PICTURES, 1, 8));
        assertEquals(asked.size(), asked.stream().map(Question::id).distinct().count());
        for (ImageContext picture : PICTURES) {
            Set<String> there = new HashSet<>();
            picture.boxes().forEach(box -> there.add(box.category()));
            asked.stream()
                    .filter(q -> q.image().equals(picture.image()))
                    .forEach(q -> assertEquals(q.answer().equals("yes"), there.contains(thing(q)), q.toString()));
        }
        assertEquals(
                List.of("yes", "no"),
                asked.subList(0, 2).stream().map(Question::answer).toList());
        // picture 3 has a dog only: the most frequent other thing is an apple, the one that comes with dogs a cat
        assertEquals(List.of("dog", "apple"), things(asked, "popular", "3.png"));
        assertEquals(List.of("dog", "cat"), things(asked, "adversarial", "3.png"));
        assertEquals("Is there an apple in the picture?", text(asked, "apple"));
        assertEquals("Is there a dog in the picture?", text(asked, "dog"));
    }

    @Test
    void noThingIsAskedTwiceInAPicture() {
        List<Question> asked = Pope.ask(PICTURES, 2, 1); // pictures with two kinds, three kinds are left
        assertEquals(
                Set.of("1.png", "2.png", "4.png", "6.png", "7.png"),
                new HashSet<>(asked.stream().map(Question::imageName).toList()));
        for (String split : Pope.SPLITS) {
            for (String name : Set.of("1.png", "4.png", "7.png")) {
                List<String> things = things(asked, split, name);
                assertEquals(4, new HashSet<>(things).size(), things.toString());
            }
        }
        assertEquals(
                IntStream.range(0, asked.size() / 3).mapToObj(i -> i % 2 == 0).toList(),
                asked.stream()
                        .limit(asked.size() / 3)
                        .map(q -> q.answer().equals("yes"))
                        .toList());
        String message = assertThrows(IllegalArgumentException.class, () -> Pope.ask(PICTURES, 3, 1))
                .getMessage();
        assertEquals("no picture of 8 has 3 kinds of things and 3 absent ones among the 5 kinds there are", message);
    }

    private static String thing(Question question) {
        return question.text().replaceAll("Is there an? | in the picture\\?", "");
    }

    private static List<String> things(List<Question> asked, String split, String name) {
        return asked.stream()
                .filter(q -> q.kind().equals(split) && q.imageName().equals(name))
                .map(BenchmarksTest::thing)
                .toList();
    }

    private static String text(List<Question> asked, String thing) {
        return asked.stream()
                .filter(q -> thing(q).equals(thing))
                .findFirst()
                .orElseThrow()
                .text();
    }

    @Test
    void mme() throws IOException {
        file("MME/existence/0001.txt", "Is there a dog?\tYes\nIs there a cat?\tNo\n");
        file("MME/existence/0001.jpg", "x");
        file("MME/OCR/questions_answers_YN/b.txt", "Is it A?\tNo\r\nIs it B?\tYes\r\n");
        file("MME/OCR/images/b.png", "x");
        file("MME/readme.md", "x");
        List<Question> read = Mme.questions(folder.resolve("MME"));
        assertEquals(
                List.of("OCR/b.png/1", "OCR/b.png/2", "existence/0001.jpg/1", "existence/0001.jpg/2"),
                read.stream().map(Question::id).toList());
        assertEquals(
                List.of("no", "yes", "yes", "no"),
                read.stream().map(Question::answer).toList());
        assertEquals("b.png", read.get(0).tag("picture"));
        assertEquals("Is it B?", read.get(1).text());
        file("MME/OCR/questions_answers_YN/b.txt", "Is it A?\tNo\n");
        fails("b.txt, text: got 1 lines, expected 2, a question each", () -> Mme.questions(folder.resolve("MME")));
        file("MME/OCR/questions_answers_YN/b.txt", "Is it A?\tNo\nIs it B? Yes\n");
        fails(
                "line 2: got \"Is it B? Yes\", expected a question, a tab, and Yes or No",
                () -> Mme.questions(folder.resolve("MME")));
    }

    @Test
    void mmBench() throws IOException {
        byte[] bytes = "a picture, or what stands for one, of more than 64 signs".getBytes(StandardCharsets.UTF_8);
        String picture = Base64.getEncoder().encodeToString(bytes);
        String head = "index\tquestion\thint\tA\tB\tC\tD\tanswer\tcategory\timage\tl2-category\n";
        String first =
                "241\t\"Which\tis \"\"it\"\"?\nNow?\"\tLook.\tred\tblue\tgreen\t\tB\tcolor\t" + picture + "\tfine\n";
        Path tsv = file(
                "m.tsv",
                head + first
                        + "7\tWhere?\t\there\tthere\t\t\tA\tplace\t" + picture + "\tcoarse\n"
                        + "1000007\tWhere?\t\tthere\there\t\t\tB\tplace\t7\tcoarse\n");
        List<Question> read = MmBench.questions(tsv, folder.resolve("pictures"));
        assertEquals(
                List.of("241", "1000241", "2000241", "7", "1000007"),
                read.stream().map(Question::id).toList());
        assertEquals(
                "Look.\nWhich\tis \"it\"?\nNow?\nA. red\nB. blue\nC. green",
                read.get(0).text());
        assertEquals(
                List.of("B", "A", "C", "A", "B"),
                read.stream().map(Question::answer).toList());
        assertEquals(List.of("here", "there"), read.get(3).choices());
        assertArrayEquals(bytes, Files.readAllBytes(folder.resolve("pictures/241.jpg")));
        assertEquals(read.get(3).image(), read.get(4).image());
        assertEquals("fine", read.get(0).tag("ability"));
        Path answer = file("n.tsv", head + first.replace("\tB\tcolor", "\tD\tcolor"));
        fails("row 1.answer: got D, expected a letter of the 3 choices", () -> MmBench.questions(answer, folder));
        Path other = file("o.tsv", head + first.replace(picture, "99"));
        fails(
                "row 1.image: got 99, expected a picture in base64, or the index of a row before that has one",
                () -> MmBench.questions(other, folder));
        Path fields = file("p.tsv", head + "7\tWhere?\n");
        fails("row 1: got 2 fields, expected 11, as in the header", () -> MmBench.questions(fields, folder));
    }

    @Test
    void scienceQa() throws IOException {
        file("problems.json", """
                {"1": {"question": "Which is colder?", "choices": ["ice", "tea"], "answer": 0, "hint": "Look.",
                  "image": "image.png", "grade": "grade2", "subject": "natural science", "split": "test"},
                 "2": {"question": "Which?", "choices": ["run", "dog", "up"], "answer": 2, "hint": "", "image": null,
                  "grade": "grade11", "subject": "language science", "split": "test"}}
                """);
        file("pid_splits.json", "{\"test\": [\"2\", \"1\"]}");
        Path image = file("images/test/1/image.png", "x");
        List<Question> read = ScienceQa.questions(folder, "test", folder.resolve("images"));
        assertEquals(List.of("2", "1"), read.stream().map(Question::id).toList());
        assertEquals(List.of("C", "A"), read.stream().map(Question::answer).toList());
        assertNull(read.get(0).image());
        assertEquals(image, read.get(1).image());
        assertEquals(
                "Which is colder?\nContext: Look.\nOptions: (A) ice (B) tea",
                read.get(1).text());
        assertEquals(Map.of("grade", "grade11", "context", "none"), read.get(0).tags());
        assertEquals("text image", read.get(1).tag("context"));
        assertFalse(read.get(0).tags().containsKey("picture"));
        assertThrows(IllegalArgumentException.class, () -> read.get(0).tag("picture"));
    }

    @Test
    void aQuestionHasALetterOfItsChoices() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new Question("q", null, "k", "What?", List.of("C"), List.of("a", "b"), Map.of()))
                .getMessage();
        assertEquals("the answer to q must be a letter from A to B, got 'C'", message);
        assertThrows(
                IllegalArgumentException.class,
                () -> new Question("q", null, "k", "What?", List.of(" ", ""), List.of(), Map.of()));
    }
}
