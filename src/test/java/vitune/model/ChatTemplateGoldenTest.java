package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vitune.data.Turn;
import vitune.tensor.Engines;
import vitune.tensor.Safetensors;

/** Conversations against what transformers' processors and LLaVA's released code make of them. */
class ChatTemplateGoldenTest {
    static List<Path> all() throws IOException {
        return GoldenFolders.with("golden.json");
    }

    static Stream<JsonObject> conversations() throws IOException {
        List<JsonObject> cases = new ArrayList<>();
        for (Path folder : GoldenFolders.with("conversation_cases.json")) {
            for (JsonObject one : GoldenFolders.cases(folder.resolve("conversation_cases.json"))) {
                one.addProperty("folder", folder.toString());
                cases.add(one);
            }
        }
        return cases.stream();
    }

    private static SpecialTokens specials(Path folder, int imageLength) {
        JsonObject json = Json.read(folder.resolve("golden.json"));
        JsonObject generation = json.getAsJsonObject("generation");
        return new SpecialTokens(
                json.get("image_token_id").getAsLong(),
                imageLength,
                Json.integer(generation, "bos_token_id", -1),
                List.of(generation.get("eos_token_id").getAsLong()),
                generation.get("pad_token_id").getAsLong(),
                Json.read(folder.resolve("config.json")).has("is_encoder_decoder"));
    }

    /** Row after row of an array, without what its mask hides. */
    private static List<String> rows(NDArray ids, NDArray mask) {
        int width = (int) ids.getShape().get(1);
        long[] all = ids.toLongArray();
        long[] kept = mask.toLongArray();
        return IntStream.range(0, all.length / width)
                .mapToObj(row -> IntStream.range(row * width, (row + 1) * width)
                        .filter(i -> kept[i] == 1)
                        .mapToObj(i -> Long.toString(all[i]))
                        .toList()
                        .toString())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void batchesEqualThoseOfTransformers(Path folder) {
        JsonObject json = Json.read(folder.resolve("golden.json"));
        List<String> prompts = GoldenFolders.texts(json, "prompts");
        List<String> answers = GoldenFolders.texts(json, "answers");
        boolean llava = json.get("family").getAsString().startsWith("llava");
        ChatTemplate template = llava
                ? ChatTemplate.read(Json.read(folder.resolve("config.json")))
                : ChatTemplate.instructblip(); // prompts stand there bare
        Tokenizer tokenizer = Tokenizer.read(folder);
        Path told = folder.resolve("qformer_tokenizer");
        Tokenizer reader = Files.exists(told) ? Tokenizer.read(told) : null;
        try (NDManager manager = Engines.newManager();
                Safetensors golden = Safetensors.open(folder.resolve("golden.safetensors"))) {
            long image = json.get("image_token_id").getAsLong();
            long[] first = golden.read("train.input_ids", manager).get("0").toLongArray();
            SpecialTokens specials = specials(
                    folder, (int) LongStream.of(first).filter(id -> id == image).count());
            List<Rendered> learned = new ArrayList<>();
            List<Rendered> asked = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                String instruction = llava ? prompts.get(i).replaceAll("(?s)^USER: | ASSISTANT:$", "") : prompts.get(i);
                Turn turn = new Turn(instruction, answers.get(i));
                Rendered render = template.render(List.of(turn), 1, tokenizer, specials);
                Rendered prompt = template.prompt(List.of(), instruction, 1, tokenizer, specials);
                if (reader != null) {
                    render =
                            render.withInstruction(reader.encodeWithSpecials(ChatTemplate.instructions(List.of(turn))));
                    prompt = prompt.withInstruction(
                            reader.encodeWithSpecials(ChatTemplate.instructions(List.of(), instruction)));
                }
                learned.add(render);
                asked.add(prompt);
            }
            Batch train = Batch.of(learned, specials.pad(), manager);
            assertEquals(golden.read("train.input_ids", manager), train.ids());
            assertEquals(golden.read("train.labels", manager), train.labels());
            assertEquals(golden.read("train.attention_mask", manager), train.mask());
            Batch gen = Batch.prompts(asked, specials.pad(), manager);
            NDArray mask = golden.read("gen.attention_mask", manager);
            assertEquals(rows(golden.read("gen.input_ids", manager), mask), rows(gen.ids(), gen.mask()));
            assertEquals(reader != null, train.instruction() != null);
            if (train.instruction() == null || gen.instruction() == null) return;
            assertEquals(
                    golden.read("train.qformer_input_ids", manager),
                    train.instruction().ids());
            assertEquals(
                    golden.read("train.qformer_attention_mask", manager),
                    train.instruction().mask());
            NDArray kept = golden.read("gen.qformer_attention_mask", manager);
            assertEquals(
                    rows(golden.read("gen.qformer_input_ids", manager), kept),
                    rows(gen.instruction().ids(), gen.instruction().mask()));
        }
    }

    private static List<Turn> turns(JsonObject one) {
        if (one.has("caption"))
            return List.of(new Turn("What is it?", one.get("caption").getAsString()));
        List<JsonObject> said = new ArrayList<>();
        for (JsonElement value : one.getAsJsonArray("conversations")) said.add(value.getAsJsonObject());
        if (said.get(0).get("from").getAsString().equals("gpt")) said.remove(0);
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < said.size(); i += 2) {
            turns.add(new Turn(
                    said.get(i).get("value").getAsString(),
                    said.get(i + 1).get("value").getAsString()));
        }
        return turns;
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void idsAndLabelsEqualThoseOfLlava(JsonObject one) {
        Path folder = Path.of(one.get("folder").getAsString());
        Tokenizer tokenizer = Tokenizer.read(folder);
        SpecialTokens specials = specials(folder, one.get("image_tokens").getAsInt());
        int images = one.get("has_image").getAsBoolean() ? 1 : 0;
        ChatTemplate template = ChatTemplate.plain();
        if (!one.get("layout").getAsString().equals("plain")) {
            template = ChatTemplate.v1();
            if (one.has("system"))
                template = template.withSystem(one.get("system").getAsString());
        }
        List<Turn> turns = turns(one);
        ChatTemplate chosen = template;
        if (one.has("all_ignored_because_lengths_differ")
                && one.get("all_ignored_because_lengths_differ").getAsBoolean()) {
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class, () -> chosen.render(turns, images, tokenizer, specials));
            assertTrue(e.getMessage().contains("\" ASSISTANT: \" once"), e.getMessage());
        } else {
            Rendered row = template.render(turns, images, tokenizer, specials);
            assertArrayEquals(GoldenFolders.longs(one, "input_ids_expanded"), row.ids());
            assertArrayEquals(GoldenFolders.longs(one, "labels_expanded"), row.labels());
        }
        int last = turns.size() - 1;
        long[] ids = GoldenFolders.longs(one, "input_ids_expanded");
        long[] prompt = template.prompt(
                        turns.subList(0, last), turns.get(last).instruction(), images, tokenizer, specials)
                .ids();
        assertArrayEquals(Arrays.copyOf(ids, prompt.length), prompt);
    }

    private static final List<Turn> HISTORY =
            List.of(new Turn("how many cats are there?", "two"), new Turn("Which colour?", "red and blue"));

    private static final List<ChatTemplate> TEMPLATES = List.of(
            ChatTemplate.v1(),
            ChatTemplate.v0().withSystem("Be brief."),
            ChatTemplate.blip2(),
            ChatTemplate.instructblip(),
            ChatTemplate.caption(),
            ChatTemplate.plain());

    @ParameterizedTest
    @MethodSource("all")
    void aPromptIsWhatStandsBeforeTheAnswerInTraining(Path folder) {
        Tokenizer tokenizer = Tokenizer.read(folder);
        SpecialTokens specials = specials(folder, 3);
        for (ChatTemplate template : TEMPLATES) {
            Rendered row = template.render(HISTORY, 1, tokenizer, specials);
            Rendered prompt = template.prompt(HISTORY.subList(0, 1), "Which colour?", 1, tokenizer, specials);
            assertEquals(0, prompt.supervised());
            assertArrayEquals(Arrays.copyOf(row.ids(), prompt.length()), prompt.ids(), template.name());
            long[] learned =
                    Arrays.stream(row.labels()).filter(id -> id != -100).toArray();
            String end = template.separator() == null || specials.encoderDecoder() ? "" : template.separator();
            boolean all = !template.bare() && !specials.encoderDecoder();
            String expected = (all ? "two" + end : "") + "red and blue" + end;
            assertEquals(squeezed(expected), squeezed(tokenizer.decode(learned)), template.name());
            if (specials.encoderDecoder()) assertEquals(prompt.length(), row.length(), template.name());
            if (end.isEmpty()) assertEquals(specials.stop(), learned[learned.length - 1], template.name());
        }
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s", "");
    }

    @ParameterizedTest
    @MethodSource("all")
    void anEncoderReadsEarlierTurnsAndEndsOnce(Path folder) {
        SpecialTokens specials = specials(folder, 3);
        if (!specials.encoderDecoder()) return;
        Tokenizer tokenizer = Tokenizer.read(folder);
        Rendered row = ChatTemplate.blip2().render(HISTORY, 1, tokenizer, specials);
        long[] words = tokenizer.encodeWithSpecials(
                "Question: how many cats are there? Answer: two Question: Which colour? Answer:");
        assertArrayEquals(words, Arrays.copyOfRange(row.ids(), 3, row.length()));
        assertArrayEquals(tokenizer.encodeWithSpecials("red and blue"), row.labels());
    }
}
