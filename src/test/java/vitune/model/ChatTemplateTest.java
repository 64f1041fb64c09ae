package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonParser;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import vitune.data.Turn;
import vitune.tensor.Engines;
import vitune.tensor.Safetensors;

class ChatTemplateTest {
    private final Tokenizer tokenizer = Tokenizer.read(Golden.folder());
    private final SpecialTokens specials = new SpecialTokens(316, 4, 2, List.of(2L), 1, false);
    private final Turn cats = new Turn("how many cats are there?", "two");
    private final Turn colour = new Turn("Which colour?", "red and blue");

    private String show(ChatTemplate template, List<Turn> turns, int images) {
        return tokenizer.show(
                template.render(turns, images, tokenizer, specials).ids());
    }

    private String learned(ChatTemplate template, List<Turn> turns, int images) {
        long[] labels = template.render(turns, images, tokenizer, specials).labels();
        return tokenizer.show(Arrays.stream(labels).filter(id -> id != -100).toArray());
    }

    @Test
    void v1() {
        assertEquals(
                "USER:<image><image><image><image>\n how many cats are there? ASSISTANT: two</s>"
                        + "USER: Which colour? ASSISTANT: red and blue</s>",
                show(ChatTemplate.v1(), List.of(cats, colour), 1));
        assertEquals(" two</s> red and blue</s>", learned(ChatTemplate.v1(), List.of(cats, colour), 1));
    }

    @Test
    void v1WithSystemMessageAndNoPicture() {
        assertEquals(
                "Be brief. USER: how many cats are there? ASSISTANT: two</s>",
                show(ChatTemplate.v1().withSystem("Be brief."), List.of(cats), 0));
        assertEquals(
                "</s>USER: how many cats are there? ASSISTANT: two</s>",
                show(ChatTemplate.v1().withBos(true), List.of(cats), 0));
    }

    @Test
    void blip2EqualsTheBatchThatTransformersMade() {
        Rendered row = ChatTemplate.blip2().render(List.of(cats), 1, tokenizer, specials);
        try (NDManager manager = Engines.newManager();
                Safetensors golden = Safetensors.open(Golden.folder().resolve("golden.safetensors"))) {
            assertArrayEquals(
                    golden.read("train.input_ids", manager).get("1, 0:32").toLongArray(), row.ids());
            assertArrayEquals(
                    golden.read("train.labels", manager).get("1, 0:32").toLongArray(), row.labels());
        }
    }

    @Test
    void captionShowsNoInstruction() {
        ChatTemplate template = ChatTemplate.caption();
        assertEquals("<image><image><image><image> red and blue</s>", show(template, List.of(colour), 1));
        assertEquals(" red and blue</s>", learned(template, List.of(colour), 1));
    }

    @Test
    void aMarkPlacesThePicture() {
        Turn marked = new Turn("Look: <image> which colour?", "red");
        assertEquals(
                "USER: Look:<image><image><image><image>\n which colour? ASSISTANT: red</s>",
                show(ChatTemplate.v1(), List.of(marked), 1));
        Turn before = new Turn("<image>\nWhich colour?", "red and blue");
        assertEquals(show(ChatTemplate.v1(), List.of(colour), 1), show(ChatTemplate.v1(), List.of(before), 1));
    }

    @Test
    void labelsAreTheIdsWhereTheyAre() {
        for (ChatTemplate template : List.of(ChatTemplate.v1(), ChatTemplate.blip2(), ChatTemplate.caption())) {
            Rendered row = template.render(List.of(cats, colour), 2, tokenizer, specials);
            for (int i = 0; i < row.length(); i++) {
                if (row.labels()[i] != -100) assertEquals(row.ids()[i], row.labels()[i]);
            }
            assertEquals(8, Arrays.stream(row.ids()).filter(id -> id == 316).count());
        }
    }

    @Test
    void aPromptIsWhatStandsBeforeTheAnswerInTraining() {
        for (ChatTemplate template : List.of(ChatTemplate.v1(), ChatTemplate.blip2(), ChatTemplate.caption())) {
            Rendered whole = template.render(List.of(cats, colour), 1, tokenizer, specials);
            Rendered prompt = template.prompt(List.of(cats), colour.instruction(), 1, tokenizer, specials);
            assertArrayEquals(Arrays.copyOf(whole.ids(), prompt.length()), prompt.ids());
            assertEquals(0, prompt.supervised());
            assertEquals(whole.ids().length, prompt.length() + tokenizer.encode(" red and blue").length + 1);
        }
    }

    @Test
    void marksAndPicturesMustAgree() {
        Turn two = new Turn("<image> or <image>?", "the first");
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> ChatTemplate.v1().render(List.of(two), 1, tokenizer, specials));
        assertEquals("the instructions have 2 marks <image> for 1 pictures", e.getMessage());
    }

    @Test
    void imageTokensInAnAnswerAreAnError() {
        Turn odd = new Turn("What?", "an <image> tag");
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> ChatTemplate.v1().render(List.of(odd), 1, tokenizer, specials));
        assertEquals("the text has 5 image tokens, its 1 pictures have 4 features", e.getMessage());
    }

    @Test
    void v0BeforeAnEncoderPartsEarlierAnswersToo() {
        SpecialTokens beside = new SpecialTokens(316, 4, 2, List.of(2L), 1, true);
        Rendered rendered = ChatTemplate.v0().render(List.of(cats, colour), 0, tokenizer, beside);
        assertEquals(
                "###Human: how many cats are there?###Assistant: two###Human: Which colour?###Assistant:</s>",
                tokenizer.show(rendered.ids()));
        assertEquals(" red and blue</s>", tokenizer.show(rendered.labels()));
    }

    @Test
    void v0LearnsToStopByItsSeparator() {
        ChatTemplate template = ChatTemplate.v0().withSystem("Be brief.");
        assertEquals(
                "Be brief.###Human:<image><image><image><image>\n how many cats are there?###Assistant: two"
                        + "###Human: Which colour?###Assistant: red and blue###",
                show(template, List.of(cats, colour), 1));
        assertEquals(" two### red and blue###", learned(template, List.of(cats, colour), 1));
        assertEquals(List.of("###"), template.stopStrings());
        assertEquals(List.of(), ChatTemplate.v1().stopStrings());
    }

    @Test
    void instructblipShowsTheLastTurnBareAndLearnsItAlone() {
        ChatTemplate template = ChatTemplate.instructblip();
        assertEquals(
                "<image><image><image><image></s>how many cats are there? two</s>", show(template, List.of(cats), 1));
        assertEquals(
                "<image><image><image><image></s>Question: how many cats are there? Answer: two"
                        + " Which colour? red and blue</s>",
                show(template, List.of(cats, colour), 1));
        assertEquals(" red and blue</s>", learned(template, List.of(cats, colour), 1));
    }

    @Test
    void plainStopsByALineBreak() {
        assertEquals("<image><image><image><image> red and blue\n", show(ChatTemplate.plain(), List.of(colour), 1));
        assertEquals(" red and blue\n", learned(ChatTemplate.plain(), List.of(colour), 1));
    }

    @Test
    void aTurnMustNotHoldWhatTellsInstructionAndAnswerApart() {
        for (Turn odd : List.of(new Turn("Repeat: ASSISTANT: hi", "hi"), new Turn("Repeat", "I, ASSISTANT: hi"))) {
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> ChatTemplate.v1().render(List.of(odd), 0, tokenizer, specials));
            assertTrue(
                    e.getMessage().startsWith("a turn of the template v1 must hold \" ASSISTANT: \" once"),
                    e.getMessage());
        }
        Turn heading = new Turn("Explain.", "### A title");
        assertThrows(
                IllegalArgumentException.class,
                () -> ChatTemplate.v0().render(List.of(heading), 0, tokenizer, specials));
        assertEquals(
                2,
                ChatTemplate.blip2()
                        .render(List.of(heading), 2, tokenizer, specials)
                        .images());
    }

    @Test
    void aFamilyHasItsTemplateAndTheFolderTheLastWord() {
        assertEquals(ChatTemplate.blip2(), read("{\"model_type\": \"blip-2\"}"));
        assertEquals(ChatTemplate.instructblip(), read("{\"model_type\": \"instructblip\"}"));
        assertEquals(ChatTemplate.v1(), read("{\"model_type\": \"llava\"}"));
        assertEquals(
                ChatTemplate.v0().withSystem("Hi.").withBos(true),
                read("{\"model_type\": \"llava\", \"vitune_template\":"
                        + " {\"name\": \"v0\", \"bos\": true, \"system\": \"Hi.\"}}"));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> read("{\"vitune_template\": {\"name\": \"v2\"}}"));
        assertEquals(
                "vitune_template.name must be one of v1, v0, blip2, instructblip, caption, plain, got v2",
                e.getMessage());
    }

    private static ChatTemplate read(String config) {
        return ChatTemplate.read(JsonParser.parseString(config).getAsJsonObject());
    }

    @Test
    void whatAConnectorIsToldIsEveryInstruction() {
        Turn marked = new Turn("<image>\nhow many cats are there?", "two");
        assertEquals(
                "how many cats are there? Which colour?", ChatTemplate.instructions(List.of(marked), "Which colour?"));
        assertEquals("Which colour?", ChatTemplate.instructions(List.of(), " Which colour? "));
        assertEquals("how many cats are there? Which colour?", ChatTemplate.instructions(List.of(marked, colour)));
    }
}
