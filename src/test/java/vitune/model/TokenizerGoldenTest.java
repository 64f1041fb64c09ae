package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokenizers of all kinds against those of Hugging Face. */
class TokenizerGoldenTest {
    static List<Arguments> tokenizers() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (Path folder : GoldenFolders.with("tokenizer_cases.json"))
            all.add(Arguments.of(folder, folder.resolve("tokenizer_cases.json")));
        for (Path folder : GoldenFolders.with("qformer_tokenizer_cases.json"))
            all.add(Arguments.of(folder.resolve("qformer_tokenizer"), folder.resolve("qformer_tokenizer_cases.json")));
        return all;
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void idsAndTextsEqualThoseOfHuggingFace(Path folder, Path cases) throws IOException {
        Tokenizer tokenizer = Tokenizer.read(folder);
        for (JsonObject one : GoldenFolders.cases(cases)) {
            String text = one.get("text").getAsString();
            long[] ids = GoldenFolders.longs(one, "ids");
            assertArrayEquals(ids, tokenizer.encodeWithSpecials(text), text);
            assertArrayEquals(GoldenFolders.longs(one, "ids_no_special"), tokenizer.encode(text), text);
            assertEquals(one.get("decoded").getAsString(), tokenizer.show(ids), text);
            assertEquals(one.get("decoded_skip_special").getAsString(), tokenizer.decode(ids), text);
        }
    }
}
