package vitune.teach;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
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

    /** The reply to a prompt, in JSON. */
    String reply(ResponseType type, ReplyForm form, List<Message> messages) {
        long seed = 0;
        for (var message : messages) seed = 31 * seed + message.text().hashCode();
        var random = new SplittableRandom(seed);
        var pictures = SymbolicPicture.read(context(messages), captions, known);
        var picture = pictures.get(0);
        var turns = switch (type) {
            case CONVERSATION -> conversations.write(picture, random);
            case COMPLEX_REASONING -> List.of(reasons.write(picture, random));
            case DETAILED_DESCRIPTION ->
                List.of(new Turn("Describe the picture.", descriptions.detailed(picture, random)));
            case SUMMARY -> List.of(new Turn("Describe the picture.", descriptions.summary(picture)));
            case COMPARISON ->
                List.of(new Turn(
                        "What is not the same in the two pictures?",
                        descriptions.comparison(picture, pictures.get(pictures.size() - 1))));
        };
        return json(turns, form);
    }

    private static String context(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).isQuery()) return messages.get(i).text();
        }
        return "";
    }

    private static String json(List<Turn> turns, ReplyForm form) {
        var root = new JsonObject();
        if (form == ReplyForm.RESPONSE) {
            root.addProperty("response", turns.get(0).response());
            return root.toString();
        }
        var list = new JsonArray();
        for (var turn : turns) {
            var object = new JsonObject();
            object.addProperty("instruction", turn.instruction());
            object.addProperty("response", turn.response());
            list.add(object);
        }
        root.add("turns", list);
        return root.toString();
    }
}
