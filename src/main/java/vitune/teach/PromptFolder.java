package vitune.teach;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitune.data.DataException;
import vitune.data.ResponseType;
import vitune.data.TextResource;
import vitune.teach.TeacherRequest.Message;
import vitune.teach.TeacherRequest.Role;

/** Reads {@link Prompts} from a folder of texts, the kit's own or a user's. */
final class PromptFolder {
    private static final String SHIPPED = "prompts/";
    private static final Pattern EXAMPLE = Pattern.compile("example(\\d{1,9})\\.(?:user|assistant)\\.txt");
    private static final Set<String> PROPERTIES = Set.of("images", "boxes", "format");

    private PromptFolder() {}

    /** A text of the folder by its name, or null. */
    private interface Source {
        @Nullable
        String text(String name) throws IOException;
    }

    /** The prompts that the kit ships for a type. */
    static Prompts shipped(ResponseType type) {
        return read(type.label(), SHIPPED + type.label().replace(' ', '_') + "/", PromptFolder::resource);
    }

    /** A user's own. */
    static Prompts read(Path folder) {
        var label = folder.toAbsolutePath().normalize().getFileName().toString();
        var prompts = read(label, folder + "/", PromptFolder::file);
        requireAllRead(folder, prompts.messages().size() / 2);
        return prompts;
    }

    /** A text that the kit ships. */
    static String shippedText(String name) {
        try {
            return needed(PromptFolder::resource, SHIPPED + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Prompts read(String label, String folder, Source source) {
        try {
            var properties = properties(folder + "type.properties", source);
            var list = source.text(folder + "instructions.txt");
            var instructions = list == null
                    ? List.<String>of()
                    : list.lines().map(String::strip).filter(s -> !s.isEmpty()).toList();
            var form = instructions.isEmpty() ? ReplyForm.TURNS : ReplyForm.RESPONSE;
            var fixed = new ArrayList<Message>();
            fixed.add(new Message(Role.SYSTEM, needed(source, folder + "system.txt") + "\n\n" + form.words()));
            for (int i = 1; ; i++) {
                var user = source.text(folder + "example" + i + ".user.txt");
                if (user == null) break;
                var name = folder + "example" + i + ".assistant.txt";
                fixed.add(new Message(Role.USER, user.strip()));
                fixed.add(new Message(Role.ASSISTANT, example(needed(source, name), name, form)));
            }
            int images = number(folder, properties.getProperty("images", "1"));
            boolean boxes = !properties.getProperty("boxes", "true").strip().equals("false");
            return new Prompts(
                    ResponseType.of(label, images), form, fixed, instructions, properties.getProperty("format"), boxes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Examples are numbered from 1 without a gap, and have two halves: one that would be passed over is an error. */
    private static void requireAllRead(Path folder, int examples) {
        try (var files = Files.list(folder)) {
            var left = files.map(file -> EXAMPLE.matcher(file.getFileName().toString()))
                    .filter(name -> name.matches() && Integer.parseInt(name.group(1)) > examples)
                    .map(MatchResult::group)
                    .min(Comparator.naturalOrder());
            if (left.isEmpty()) return;
            var missing = "no example" + (examples + 1) + ".user.txt";
            throw new DataException(folder.resolve(left.get()), "prompt", missing, "examples from 1 on, without a gap");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Properties properties(String name, Source source) throws IOException {
        var properties = new Properties();
        var text = source.text(name);
        if (text != null) properties.load(new StringReader(text));
        for (var key : properties.stringPropertyNames()) {
            if (!PROPERTIES.contains(key)) {
                throw new DataException(Path.of(name), key, "a property", "one of " + PROPERTIES);
            }
        }
        var boxes = properties.getProperty("boxes", "true").strip();
        if (!boxes.matches("true|false")) throw new DataException(Path.of(name), "boxes", boxes, "true or false");
        return properties;
    }

    private static int number(String folder, String images) {
        if (images.strip().matches("[1-8]")) return Integer.parseInt(images.strip());
        throw new DataException(Path.of(folder + "type.properties"), "images", images, "a number from 1 to 8");
    }

    private static String example(String text, String name, ReplyForm form) {
        try {
            form.read(text, "?");
            return text;
        } catch (ReplyForm.Unreadable e) {
            throw new DataException(Path.of(name), "reply", e.getMessage(), form.words());
        }
    }

    private static String needed(Source source, String name) throws IOException {
        var text = source.text(name);
        if (text == null || text.isBlank()) {
            throw new DataException(Path.of(name), "prompt", text == null ? "no file" : "an empty file", "a text");
        }
        return text.strip();
    }

    private static @Nullable String resource(String name) {
        return TextResource.find(PromptFolder.class, name).orElse(null);
    }

    private static @Nullable String file(String name) throws IOException {
        var path = Path.of(name);
        return Files.exists(path) ? Files.readString(path) : null;
    }
}
