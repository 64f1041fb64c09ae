package vitune.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.Box;
import vitune.data.ClipArt;
import vitune.data.Coco;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.Pairs;
import vitune.data.PicturePlace;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.teach.InstructionGenerator;
import vitune.teach.Teacher;

class RecipeTest {
    @Test
    void aNameStandsForOneRecipeInAllTables() {
        Map<String, Recipe> byName = new HashMap<>();
        for (Experiment experiment : Experiment.all()) {
            for (Recipe recipe : experiment.recipes()) {
                Recipe other = byName.putIfAbsent(recipe.name(), recipe);
                assertTrue(other == null || other.equals(recipe), recipe.name());
            }
        }
        assertTrue(byName.size() >= 20);
        assertEquals(
                Experiment.all().size(),
                Experiment.all().stream().map(Experiment::id).distinct().count());
    }

    @Test
    void wrongRecipesAndTablesAreNamed() {
        String layer = assertThrows(
                        IllegalArgumentException.class, () -> Recipe.full().withFeatureLayer("layer", -2))
                .getMessage();
        assertTrue(layer.contains("shipped connector") && layer.contains("-2"), layer);
        String connector = assertThrows(
                        IllegalArgumentException.class, () -> Recipe.full().withConnector("x", "resampler"))
                .getMessage();
        assertTrue(connector.contains("resampler") && connector.contains("mlp"), connector);
        String message = assertThrows(IllegalArgumentException.class, () -> Experiment.of("5"))
                .getMessage();
        assertTrue(message.contains("8-align") && message.contains("\"5\""), message);
    }

    @Test
    void anAnswerIsFoundInTheReplyThatWasMadeOfIt() {
        Random random = new Random(1);
        List<String> words = List.of("two", "left", "so", "because", "the cars are there", "red, because", "no");
        for (int i = 0; i < 200; i++) {
            String answer = List.of("two", "left", "red", "no").get(random.nextInt(4));
            String reason = "The " + words.get(random.nextInt(words.size())) + " is at the top. It is "
                    + words.get(random.nextInt(words.size())) + ".";
            for (AnswerOrder order : AnswerOrder.values()) {
                String found = order.answer(order.reply(answer, reason));
                assertEquals(answer, found.replaceAll("\\.$", ""), order + ": " + order.reply(answer, reason));
            }
        }
        assertEquals("two", AnswerOrder.REASON_FIRST.answer("two"));
    }

    @Test
    void whatIsWithheldIsInNoPictureAndNoText(@TempDir Path folder) {
        List<ImageContext> pictures = Coco.read(ClipArt.draw(folder.resolve("scenes"), 80, 3, Pairs.TUNING));
        List<ImageContext> shown =
                pictures.stream().filter(Withheld.THINGS::shows).toList();
        assertTrue(shown.size() > 10 && shown.size() < 80, "" + shown.size());
        InstructionSet data;
        try (Teacher teacher = Teacher.builtIn();
                InstructionGenerator generator = new InstructionGenerator(teacher, folder.resolve("ledger.db"))) {
            data = generator.generate(shown, ResponseType.CONVERSATION, ResponseType.COMPLEX_REASONING);
        }
        InstructionSet kept = Withheld.THINGS.from(data);
        assertTrue(text(data).matches("(?is).*\\b(bus|buses|cat|cats)\\b.*"), "the teacher asks for absent things too");
        assertFalse(text(kept).matches("(?is).*\\b(bus|buses|cat|cats)\\b.*"));
        assertTrue(kept.size() > data.size() / 2);
        for (ImageContext picture : pictures) {
            long most = picture.boxes().stream()
                    .mapToLong(box -> picture.boxes().stream()
                            .map(Box::category)
                            .filter(box.category()::equals)
                            .count())
                    .max()
                    .orElse(0);
            assertEquals(most <= 3, Withheld.COUNTS.shows(picture));
        }
    }

    private static String text(InstructionSet data) {
        StringBuilder text = new StringBuilder();
        data.forEach(sample -> sample.turns()
                .forEach(turn -> text.append(turn.instruction())
                        .append(' ')
                        .append(turn.response())
                        .append('\n')));
        return text.toString();
    }

    @Test
    void aReasonIsWhatTheDescriptionSaysOfTheThing() {
        Path picture = Path.of("a.png");
        var context = new ImageContext(
                "a", picture, 96, 96, List.of("two cars and a dog"), List.of(box("car"), box("car"), box("dog")));
        var questions = InstructionSet.of(List.of(sample(
                "q",
                picture,
                ResponseType.QUESTION_ANSWERING,
                new Turn("How many cars?\nAnswer shortly.", "two"),
                new Turn("Is it rainy?\nAnswer shortly.", "no"))));
        var descriptions = InstructionSet.of(List.of(sample(
                "d",
                picture,
                ResponseType.DETAILED_DESCRIPTION,
                new Turn("Describe.", "It is sunny. The cars are at the top. The dog is big."))));
        List<Turn> turns = Reasons.of(List.of(context), questions, descriptions, AnswerOrder.REASON_FIRST)
                .samples()
                .get(0)
                .turns();
        assertEquals(
                List.of(new Turn("How many cars?", "the cars are at the top, so two."), new Turn("Is it rainy?", "no")),
                turns);
    }

    @Test
    void thePictureStandsWhereItIsPut() {
        var sample =
                sample("s", Path.of("a.png"), ResponseType.CONVERSATION, new Turn("Why?", "So."), new Turn("?", "!"));
        assertEquals("Why?\n<image>", first(PicturePlace.AFTER.place(sample, 1)));
        assertEquals("<image>\nWhy?", first(PicturePlace.BEFORE.place(sample, 1)));
        assertEquals("<image>\nWhy?", first(PicturePlace.BEFORE.place(PicturePlace.AFTER.place(sample, 1), 1)));
        long after = new Random(5)
                .longs(400)
                .filter(seed -> first(PicturePlace.RANDOM.place(sample, seed)).endsWith("<image>"))
                .count();
        assertTrue(after > 150 && after < 250, "by chance, got " + after + " of 400");
        assertEquals(
                sample.turns().get(1),
                PicturePlace.AFTER.place(sample, 1).turns().get(1));
    }

    private static String first(InstructionSample sample) {
        return sample.turns().get(0).instruction();
    }

    private static Box box(String category) {
        return new Box(category, 1, 1, 10, 10);
    }

    private static InstructionSample sample(String id, Path picture, ResponseType type, Turn... turns) {
        return new InstructionSample(id, List.of(picture), type, List.of(turns), Map.of());
    }
}
