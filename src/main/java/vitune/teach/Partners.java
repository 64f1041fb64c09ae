package vitune.teach;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import vitune.data.Box;
import vitune.data.ImageContext;

/**
 * Which pictures are shown together, where a type shows several: each once, like with like.
 *
 * <p>Partners are found by content and not by place, so that a request that is paid for stays the same when the data is
 * put in another order, and nearly all of them when it grows. Each picture has a key of 64 bits: those of the thing that
 * fills most of it, then those of its captions and boxes. Pictures are split by the first bit, each half by the next, and
 * so on; on the way back, those left over on both sides become partners. So one picture more or less changes at most one
 * group for each bit that tells neighbours apart: about the logarithm of their number.
 */
final class Partners {
    private record Keyed(ImageContext picture, long key) {}

    private final int size;
    private final List<List<ImageContext>> groups = new ArrayList<>();

    private Partners(int size) {
        this.size = size;
    }

    /** Groups of so many pictures, in the order in which the data names the first of each; a rest stays alone. */
    static List<List<ImageContext>> of(List<ImageContext> contexts, int size) {
        var partners = new Partners(size);
        var keyed = contexts.parallelStream()
                .map(context -> new Keyed(context, key(context)))
                .sorted((a, b) -> Long.compareUnsigned(a.key, b.key))
                .toList();
        partners.match(keyed, Long.SIZE - 1);
        Map<ImageContext, Integer> place = new IdentityHashMap<>();
        for (var context : contexts) place.put(context, place.size());
        partners.groups.sort(Comparator.comparing(group -> place.get(group.get(0))));
        return partners.groups;
    }

    private static long key(ImageContext context) {
        var most = context.boxes().stream()
                .max(Comparator.comparingDouble(Partners::area))
                .map(Box::category)
                .orElse("");
        var all = Stream.concat(
                context.captions().stream(), context.boxes().stream().map(Box::toString));
        return hash(List.of(most)) << 32 | hash(all.toList());
    }

    private static double area(Box box) {
        return box.width() * box.height();
    }

    /** 32 bits. */
    private static long hash(List<String> parts) {
        return Long.parseLong(TextHash.of(parts).hex().substring(0, 8), 16);
    }

    /** Groups those that are alike down to this bit, and gives those that are left over. */
    private List<Keyed> match(List<Keyed> some, int bit) {
        if (some.size() < size) return some;
        var left = some;
        if (bit >= 0) {
            int middle = 0;
            while (middle < some.size() && (some.get(middle).key >>> bit & 1) == 0) middle++;
            left = new ArrayList<>(match(some.subList(0, middle), bit - 1));
            left.addAll(match(some.subList(middle, some.size()), bit - 1));
        }
        int at = 0;
        for (; at + size <= left.size(); at += size) {
            groups.add(left.subList(at, at + size).stream().map(Keyed::picture).toList());
        }
        return left.subList(at, left.size());
    }
}
