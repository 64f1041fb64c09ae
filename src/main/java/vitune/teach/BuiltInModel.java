package vitune.teach;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.teach.TeacherRequest.Message;

/**
 * The model behind the built-in endpoint: it reads the prompt's last context as any model would, and writes by rule.
 * The same prompt gets the same reply.
 */
final class BuiltInModel {
    private final CaptionReader captions = new CaptionReader();
    private final Kinds kinds = new Kinds(captions);
    private final Set<String> known = kinds.all();
    private final DescriptionWriter descriptions = new DescriptionWriter();
    private final ConversationWriter conversations = new ConversationWriter(kinds, descriptions);
    private final ReasonWriter reasons = new ReasonWriter();
    private final BuiltInJudge judge = new BuiltInJudge(captions, known, reasons);

    /** The reply to a prompt, in its form. */
    String reply(ResponseType type, ReplyForm form, List<Message> messages) {
        var judged = JudgePrompts.read(context(messages));
        if (judged.isPresent()) return form.write(List.of(new Turn("Judge.", judge.reply(judged.get()))));
        long seed = 0;
        for (var message : messages) seed = 31 * seed + message.text().hashCode();
        var random = new SplittableRandom(seed);
        var pictures = SymbolicPicture.read(context(messages), captions, known);
        return form.write(turns(type, form, pictures, random));
    }

    /** A type it does not know it writes as the nearest it knows. */
    private List<Turn> turns(
            ResponseType type, ReplyForm form, List<SymbolicPicture> pictures, SplittableRandom random) {
        var picture = pictures.get(0);
        if (type.equals(ResponseType.CONVERSATION)) return conversations.write(picture, random);
        if (type.equals(ResponseType.QUESTION_ANSWERING)) return conversations.questions(picture, random);
        if (type.equals(ResponseType.COMPLEX_REASONING)) return List.of(reasons.write(picture, random));
        if (pictures.size() > 1) {
            var last = pictures.get(pictures.size() - 1);
            return List.of(
                    new Turn("What is not the same in the two pictures?", descriptions.comparison(picture, last)));
        }
        if (!form.responseOnly()) return conversations.write(picture, random);
        return List.of(new Turn(
                "Describe the picture.",
                type.equals(ResponseType.SUMMARY)
                        ? descriptions.summary(picture)
                        : descriptions.detailed(picture, random)));
    }

    private static String context(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).isQuery()) return messages.get(i).text();
        }
        return "";
    }
}
