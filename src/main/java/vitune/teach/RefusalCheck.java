package vitune.teach;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;

/** Turns away replies that refuse, apologise for having no picture, or speak of the one who writes them. */
public final class RefusalCheck implements SampleCheck {
    private static final Pattern REFUSAL = Pattern.compile(
            "\\b(?:as an? (?:ai|artificial intelligence|(?:large )?language model)"
                    + "|i(?:'m| am) (?:sorry|afraid),? (?:but )?i (?:can(?:no|')t|am unable"
                    + "|am not able|could not|do not|don't have)"
                    + "|i (?:cannot|can't|am unable to|am not able to|won't) (?:help|assist|comply"
                    + "|fulfil|do that|answer that|process)"
                    + "|i (?:cannot|can't|can not|am unable to|am not able to|do not"
                    + "|don't) (?:actually |directly )?(?:see|view|access|open|have access to)"
                    + " (?:the |this |that |any |your )?(?:actual |provided )?(?:image|picture|photo)s?\\b(?! of)"
                    + "|no (?:image|picture|photo) (?:was|is|has been) (?:provided|attached|given|shared)"
                    + "|against my (?:guidelines|policy|programming)|i must decline)\\b",
            Pattern.CASE_INSENSITIVE);

    @Override
    public Optional<String> fault(InstructionSample sample, List<ImageContext> contexts) {
        for (int i = 0; i < sample.turns().size(); i++) {
            var found = REFUSAL.matcher(sample.turns().get(i).response().replace('’', '\''));
            if (found.find()) {
                return Optional.of(
                        "turn " + (i + 1) + ": refuses (\"" + found.group() + "\"): answer from what is known");
            }
        }
        return Optional.empty();
    }
}
