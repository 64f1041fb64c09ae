package vitune.teach;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts tokens as OpenAI's models since GPT-4o do (the encoding O200K); other servers' counts differ by a little.
 *
 * <p>Which model has which encoding is not looked up: the table of the library we use knows too few models.
 */
final class Tokens {
    /** What a message costs beyond its text, and what opens the reply. */
    private static final int PER_MESSAGE = 4, PER_REPLY = 3;
    /** A picture, where the price list does not say how its model counts it. */
    static final int PER_IMAGE = Prices.Price.PICTURE;

    private static final int MOST_REMEMBERED = 256;

    /** Two hundred thousand words that take half a second to read: only where something is counted. */
    private static final class Words {
        static final Encoding ENCODING = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    }

    /** The counts of system messages, examples and schemas, which come again with every request. */
    private final Map<String, Integer> remembered = new ConcurrentHashMap<>();

    int count(String text) {
        return Words.ENCODING.countTokensOrdinary(text);
    }

    /** Tokens of a whole request, its schema and pictures included. */
    long prompt(TeacherRequest request) {
        return text(request) + (long) PER_IMAGE * request.images().size();
    }

    /** Tokens of a request without its pictures. */
    long text(TeacherRequest request) {
        long sum = PER_REPLY + remember(request.form().schema());
        int last = request.messages().size() - 1;
        for (int i = 0; i <= last; i++) {
            var text = request.messages().get(i).text();
            sum += PER_MESSAGE + (i == last ? count(text) : remember(text));
        }
        return sum;
    }

    private int remember(String text) {
        var known = remembered.get(text);
        if (known != null) return known;
        int count = count(text);
        if (remembered.size() < MOST_REMEMBERED) remembered.put(text, count);
        return count;
    }
}
