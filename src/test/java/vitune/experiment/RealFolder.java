package vitune.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.data.ClipArt;
import vitune.data.Pairs;

/** The paper's files in miniature, each in its published format, over drawn scenes and a golden checkpoint. */
record RealFolder(Path folder) {
    private static final int PICTURES = 12;

    static RealFolder write(Path folder) throws IOException {
        Path train = ClipArt.draw(folder.resolve("train"), 2, 1, Pairs.TUNING).resolve("images");
        RealFolder made = new RealFolder(folder);
        made.coco();
        Files.createDirectories(folder.resolve("data"));
        made.put("captions.json", rows(130, "What is it?", "a drawing")); // two steps: the first is warm-up
        made.put("data/conversation_58k.json", rows("Is it day?", "yes"));
        made.put("data/detail_23k.json", rows("Describe it.", "It is a sunny day."));
        made.put("data/complex_reasoning_77k.json", rows("Why is it day?", "The sun is up."));
        made.put(
                "bench/questions.jsonl",
                Stream.of("conv", "detail", "complex")
                        .map(kind -> "{'question_id': '" + kind + "', 'image': '000000000003.png', 'text': 'What is"
                                + " there, " + kind + "?', 'category': '" + kind + "'}\n")
                        .reduce("", String::concat));
        made.put(
                "bench/answers.jsonl",
                Stream.of("conv", "detail", "complex")
                        .map(kind -> "{'question_id': '" + kind + "', 'text': 'There is a red car.'}\n")
                        .reduce("", String::concat));
        made.put(
                "bench/context.jsonl",
                "{'image': '000000000003.png', 'captions': ['a red car'], 'instances': [{'category': 'car', 'bbox': [0.1,"
                        + " 0.1, 0.5, 0.5]}]}\n");
        made.put(
                "science/problems.json",
                "{" + problem(1, "train", "'image.png'") + "," + problem(2, "test", "null") + ","
                        + problem(3, "test", "'image.png'") + "}");
        made.put("science/pid_splits.json", "{'train': ['1'], 'val': [], 'test': ['2', '3']}");
        for (String place : List.of("train/1", "test/3")) {
            Path picture = folder.resolve("science").resolve(place).resolve("image.png");
            Files.createDirectories(picture.getParent());
            Files.copy(train.resolve("000001.png"), picture);
        }
        return made;
    }

    /** A set that names its pictures as val2014 does. */
    private void coco() throws IOException {
        Path coco = ClipArt.draw(folder.resolve("coco"), PICTURES, 2, Pairs.TUNING);
        List<Path> pictures;
        try (Stream<Path> files = Files.list(coco.resolve("images"))) {
            pictures = new ArrayList<>(files.toList());
        }
        for (Path picture : pictures) {
            Files.move(picture, picture.resolveSibling("COCO_val2014_000000" + picture.getFileName()));
        }
        for (String name : List.of("captions", "instances")) {
            Path file = coco.resolve("annotations").resolve(name + ".json");
            Files.writeString(file, Files.readString(file).replaceAll("(\\d{6}\\.png)", "COCO_val2014_000000$1"));
        }
    }

    static String rows(String question, String answer) {
        return rows(2, question, answer);
    }

    /** So many rows about two pictures. */
    private static String rows(int count, String question, String answer) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(id -> "{'id': '" + id + "', 'image': '00000" + (2 - id % 2)
                        + ".png', 'conversations': [{'from': 'human', 'value': '<image>\\n" + question
                        + "'}, {'from': 'gpt', 'value': '" + answer + "'}]}")
                .toList()
                .toString();
    }

    private static String problem(int number, String split, String image) {
        return "'" + number + "': {'question': 'Which is it?', 'choices': ['a car', 'a dog'], 'answer': 0, 'hint': '',"
                + " 'image': " + image + ", 'task': 'closed choice', 'grade': 'grade2', 'subject': 'natural science',"
                + " 'topic': 'biology', 'category': '', 'skill': '', 'lecture': '', 'solution': 'It has wheels.',"
                + " 'split': '" + split + "'}";
    }

    /** Writes a file of the folder; single quotes become double ones. */
    void put(String name, String json) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, json.replace('\'', '"'));
    }

    RealFiles files() {
        return files(folder.resolve("science"));
    }

    RealFiles withoutScience() {
        return files(null);
    }

    private RealFiles files(@Nullable Path science) {
        return new RealFiles(
                Path.of("src/test/resources/golden/llava-llama"),
                folder.resolve("train/images"),
                folder.resolve("data"),
                folder.resolve("captions.json"),
                folder.resolve("coco"),
                folder.resolve("bench"),
                science,
                folder.resolve("work"));
    }
}
