package vitune.model;

import java.util.List;
import vitune.data.Turn;

/** A template at work: where roles, messages, pictures and ends stand. */
record Layout(ChatTemplate template, int images, Tokenizer tokenizer, SpecialTokens specials) {

    Rendered render(List<Turn> turns) {
        int last = turns.size() - 1;
        Writing writing = open(turns.subList(0, last), turns.get(last).instruction());
        Writing answer = specials.encoderDecoder() ? beside() : writing;
        learn(answer, turns.get(last).response());
        return specials.encoderDecoder() ? finish(writing, answer) : writing.finish();
    }

    Rendered prompt(List<Turn> history, String instruction) {
        Writing writing = open(history, instruction);
        return specials.encoderDecoder()
                ? finish(writing, beside())
                : writing.finish().withoutLabels();
    }

    private Writing beside() {
        return new Writing(tokenizer, specials, 0, 0);
    }

    private static Rendered finish(Writing read, Writing answer) {
        read.close();
        return read.finish(answer);
    }

    /** Everything before the answer that is to come. */
    private Writing open(List<Turn> history, String instruction) {
        int marks = Writing.marks(instruction)
                + history.stream().mapToInt(t -> Writing.marks(t.instruction())).sum();
        if (marks > 0 && marks != images) {
            throw new IllegalArgumentException(
                    "the instructions have " + marks + " marks " + ChatTemplate.MARK + " for " + images + " pictures");
        }
        Writing writing = new Writing(tokenizer, specials, images, images - marks);
        if (template.picturesFirst()) writing.pictures(images);
        open(writing);
        if (!template.picturesFirst() && template.user() == null) writing.pictures(images);
        if (template.system() != null) writing.text(template.system(), false);
        if (template.user() != null && template.separator() != null) writing.separate(template.separator(), false);
        boolean onlyRead = template.bare() || specials.encoderDecoder();
        for (Turn turn : history) {
            instruct(writing, turn.instruction(), false);
            if (!onlyRead) {
                learn(writing, turn.response());
                continue;
            }
            writing.text(turn.response(), true);
            if (template.separator() != null) writing.separate(template.separator(), false);
        }
        instruct(writing, instruction, template.bare());
        return writing;
    }

    /** With the token that the tokenizer opens its texts with, whatever the model's settings call its own. */
    private void open(Writing writing) {
        if (specials.encoderDecoder()) return;
        Long opening = tokenizer.opening();
        if (template.bos()) writing.open(opening == null ? specials.bos() : opening);
        else if (tokenizer.cutsWholeTexts() && opening != null) writing.open(opening);
    }

    private void instruct(Writing writing, String instruction, boolean alone) {
        if (template.user() == null) return;
        if (alone) {
            writing.role(Writing.unmarked(instruction));
            return;
        }
        writing.role(template.user());
        if (template.picturesFirst()) writing.text(Writing.unmarked(instruction), true);
        else writing.textWithPictures(instruction);
        if (template.separator() != null) writing.separate(template.separator(), false);
        writing.text(template.assistant(), template.separator() == null);
    }

    private void learn(Writing writing, String answer) {
        writing.learn(answer);
        if (template.separator() == null || specials.encoderDecoder()) writing.stop();
        else writing.separate(template.separator(), true);
    }
}
