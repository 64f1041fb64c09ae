package vitune.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import vitune.model.Rendered;
import vitune.model.Tokenizer;

class TokenStripTest {
    private static final Tokenizer TOKENIZER = Tokenizer.read(Path.of("data/tiny"));

    /** Thirteen places of a picture, a question, and an answer that is learned. */
    private static Rendered rendered(int pictures) {
        long image = TOKENIZER.id("<image>");
        long[] asked = TOKENIZER.encode(" is there a car");
        long[] answer = TOKENIZER.encode(" no");
        long[] ids = LongStream.concat(
                        LongStream.generate(() -> image).limit(pictures),
                        LongStream.concat(Arrays.stream(asked), Arrays.stream(answer)))
                .toArray();
        long[] labels = ids.clone();
        Arrays.fill(labels, 0, ids.length - answer.length, -100);
        return new Rendered(ids, labels, 1);
    }

    @Test
    void everyTokenHasItsLabelAndEqualNeighboursAreCounted() {
        List<TokenStrip.Piece> pieces = TokenStrip.pieces(rendered(13), TOKENIZER);
        assertEquals(new TokenStrip.Piece("<image>", "-100", false, 13), pieces.get(0));
        TokenStrip.Piece last = pieces.get(pieces.size() - 1);
        assertEquals(new TokenStrip.Piece("no", "" + TOKENIZER.encode(" no")[0], true, 1), last);
        assertEquals(1, pieces.stream().filter(TokenStrip.Piece::learned).count());
    }

    @Test
    void whatIsLearnedIsColoured() {
        Picture picture = TokenStrip.of(rendered(13), TOKENIZER);
        int learned = Theme.colour(0).getRGB();
        int[] pixels = picture.getRGB(
                0,
                2 * Canvas.HEAD,
                picture.getWidth(),
                picture.getHeight() - 2 * Canvas.HEAD,
                null,
                0,
                picture.getWidth());
        assertTrue(Arrays.stream(pixels).anyMatch(pixel -> pixel == learned));
        assertEquals(
                picture.getHeight(), TokenStrip.of(rendered(300), TOKENIZER).getHeight());
        assertTrue(picture.text().endsWith("1 learned"), picture.text());
    }
}
