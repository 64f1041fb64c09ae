package vitune.teach;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.data.Pictures;
import vitune.data.ResponseType;

/**
 * What a teacher is asked: the messages, and the form in which the reply must come.
 *
 * @param type what is to be written
 * @param messages system, worked examples, the context; Source: LLaVA §3
 * @param form the form of the reply
 * @param images pictures sent as pixels; empty where the teacher sees text only, as in the paper
 * @param temperature 0 to 2: how freely words are drawn; null leaves it to the server
 */
public record TeacherRequest(
        ResponseType type,
        List<Message> messages,
        ReplyForm form,
        List<Path> images,
        @Nullable Double temperature) {
    /** Raised when the meaning of a request changes in ways its text does not show. */
    private static final String VERSION = "vitune-request-1";

    private static final String FEEDBACK = "That reply cannot be used: ";

    /** Copies the lists. */
    public TeacherRequest {
        if (messages.isEmpty()) throw new IllegalArgumentException("messages must not be empty");
        if (temperature != null && !(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException("temperature must be in 0..2, got " + temperature);
        }
        messages = List.copyOf(messages);
        images = List.copyOf(images);
    }

    /** At the server's own temperature. */
    public TeacherRequest(ResponseType type, List<Message> messages, ReplyForm form, List<Path> images) {
        this(type, messages, form, images, null);
    }

    /** Who speaks. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT;

        /** The word on the wire: "system". */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One message. */
    public record Message(Role role, String text) {
        /** Whether the user asks about pictures here, and does not complain of a reply. */
        boolean isQuery() {
            return role == Role.USER && !text.startsWith(FEEDBACK);
        }

        List<String> parts() {
            return List.of(role.label(), text);
        }
    }

    /** The same request after an unusable reply, with the reason fed back. */
    public TeacherRequest after(String reply, String fault) {
        var feedback = List.of(
                new Message(Role.ASSISTANT, reply),
                new Message(Role.USER, FEEDBACK + fault + ". Write it again, mended, in the same form."));
        return withMessages(Stream.concat(messages.stream(), feedback.stream()).toList());
    }

    TeacherRequest withMessages(List<Message> others) {
        return new TeacherRequest(type, others, form, images, temperature);
    }

    /** SHA-256 of all that decides the reply: model, messages, form, pictures, temperature; not of key, address or time. */
    public String fingerprint(String model) {
        return fingerprint(opening(model));
    }

    /** What comes before the last message: requests of one type have it in common. */
    TextHash opening(String model) {
        var parts = new ArrayList<>(List.of(VERSION, model, type.label(), form.schema()));
        for (var message : messages.subList(0, messages.size() - 1)) parts.addAll(message.parts());
        return TextHash.of(parts);
    }

    /** {@link #fingerprint(String)}, where the opening is known. */
    String fingerprint(TextHash opening) {
        var parts = new ArrayList<>(messages.get(messages.size() - 1).parts());
        for (var image : images) parts.add(Pictures.hash(image));
        if (temperature != null) parts.add("temperature " + temperature);
        return opening.and(parts).hex();
    }
}
