package vitune.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.Mutations;

/** Thousands of damaged settings: each is understood or refused with the file and, where there is one, the field. */
class ConfigFuzzTest {
    private static final int FILES = 10_000;

    @TempDir
    private Path folder;

    private final Random random = new Random(21);
    private final Mutations mutations = new Mutations(random);

    /** The files of that name in every folder of a model that comes with the kit. */
    private static List<String> originals(String name) throws IOException {
        try (Stream<Path> golden = Files.list(Path.of("src/test/resources/golden"))) {
            return Stream.concat(golden.sorted(), Stream.of(Path.of("data/tiny")))
                    .map(each -> each.resolve(name))
                    .filter(Files::exists)
                    .map(ConfigFuzzTest::text)
                    .toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] damaged(String original) {
        String text = random.nextInt(4) == 0 ? original : mutations.json(original);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return text.equals(original) || random.nextInt(10) == 0 ? mutations.bytes(bytes) : bytes;
    }

    private void fuzz(String name, int files, Function<Path, Object> reader) throws IOException {
        List<String> originals = originals(name);
        assertTrue(originals.size() >= 2, originals.toString());
        int understood = 0;
        int refused = 0;
        for (int i = 0; i < files; i++) {
            byte[] bytes = damaged(originals.get(i % originals.size()));
            Files.deleteIfExists(folder.resolve(name)); // a fresh file: some file systems flush one written over
            Files.write(folder.resolve(name), bytes);
            try {
                reader.apply(folder);
                understood++;
            } catch (IllegalArgumentException refusal) {
                String message = String.valueOf(refusal.getMessage());
                assertEquals(IllegalArgumentException.class, refusal.getClass(), message);
                assertTrue(message.contains(name), message);
                assertTrue(message.length() < 1000, message);
                refused++;
            } catch (RuntimeException | Error crash) {
                fail("file " + i + ": " + new String(bytes, StandardCharsets.ISO_8859_1), crash);
            }
        }
        System.out.println(name + ": " + understood + " damaged files understood, " + refused + " refused");
        assertTrue(understood > files / 50 && refused > files / 5, "damage that is neither too small nor too large");
    }

    @Test
    void configs() throws IOException {
        fuzz("config.json", FILES, folder -> {
            ModelConfig config = ModelConfig.read(folder);
            assertTrue(config.queries() > 0);
            ModelConfig again = assertDoesNotThrow(() -> ModelConfig.parse(
                    JsonParser.parseString(config.toJson().toString()).getAsJsonObject()));
            assertEquals(config.toString(), again.toString(), "what is written means the same");
            return config;
        });
    }

    @Test
    void imageProcessors() throws IOException {
        fuzz("preprocessor_config.json", FILES / 4, ImageProcessor::read);
    }

    @Test
    void tokenizers() throws IOException {
        fuzz("tokenizer.json", FILES / 10, folder -> Tokenizer.read(folder).encode("Is it so?"));
    }

    @Test
    void specialTokens() throws IOException {
        ModelConfig config = ModelConfig.read(Golden.folder().resolveSibling("llava-llama")); // asks this file first
        fuzz("generation_config.json", FILES / 4, folder -> SpecialTokens.read(folder, config));
    }
}
