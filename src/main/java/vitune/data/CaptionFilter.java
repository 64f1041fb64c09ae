package vitune.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Chooses captions so that many concepts are taught and none drowns the others: from the rarest noun phrase up, the
 * captions that hold it are added; of a frequent phrase, some by chance. The paper makes 595K of CC3M's 3M so. Source:
 * paper appendix E.
 *
 * @param minimum captions that a phrase must be in to count (paper: 3)
 * @param most captions that are added for one phrase (paper: 100)
 * @param seed of the choice by chance
 * @param phrases the noun phrases of a caption; another chunker may be given
 */
public record CaptionFilter(int minimum, int most, long seed, Function<String, List<String>> phrases) {
    public CaptionFilter {
        if (minimum < 1) {
            throw new IllegalArgumentException("minimum must be >= 1, got " + minimum);
        }
        if (most < 1) {
            throw new IllegalArgumentException("most must be >= 1, got " + most);
        }
    }

    /**
     * The paper's bounds, 3 and 100.
     *
     * <p><i>Differs:</i> the paper's phrases are spaCy's noun chunks; these come of word lists and a few rules, without
     * articles and pronouns.
     */
    public static CaptionFilter paper(long seed) {
        return new CaptionFilter(3, 100, seed, new NounPhrases()::of);
    }

    public CaptionFilter withMinimum(int captions) {
        return new CaptionFilter(captions, most, seed, phrases);
    }

    public CaptionFilter withMost(int captions) {
        return new CaptionFilter(minimum, captions, seed, phrases);
    }

    public CaptionFilter withPhrases(Function<String, List<String>> chunker) {
        return new CaptionFilter(minimum, most, seed, chunker);
    }

    /** The chosen samples in their old order; a sample's caption is its first response. */
    public InstructionSet filter(InstructionSet captions) {
        BitSet chosen = chosen(holders(captions));
        List<InstructionSample> all = captions.samples();
        return InstructionSet.of(chosen.stream().mapToObj(all::get).toList());
    }

    /** A row for each phrase that counts, the most frequent first: phrase, captions, and how many of them are kept. */
    public Table table(InstructionSet captions) {
        Map<String, List<Integer>> holders = holders(captions);
        BitSet chosen = chosen(holders);
        StringColumn phrase = StringColumn.create("phrase");
        IntColumn before = IntColumn.create("captions");
        IntColumn kept = IntColumn.create("kept");
        List<String> order = order(holders);
        Collections.reverse(order);
        for (String one : order) {
            phrase.append(one);
            before.append(holders.get(one).size());
            kept.append((int) holders.get(one).stream().filter(chosen::get).count());
        }
        return Table.create("phrases", phrase, before, kept);
    }

    /** The captions of each phrase that counts, by place. */
    private Map<String, List<Integer>> holders(InstructionSet captions) {
        Map<String, List<Integer>> holders = new LinkedHashMap<>();
        int place = 0;
        for (InstructionSample sample : captions) {
            String caption = sample.turns().get(0).response();
            for (String phrase : new HashSet<>(phrases.apply(caption))) {
                holders.computeIfAbsent(phrase, p -> new ArrayList<>()).add(place);
            }
            place++;
        }
        holders.values().removeIf(places -> places.size() < minimum);
        return holders;
    }

    /** Rarest first; of one frequency, by alphabet. */
    private static List<String> order(Map<String, List<Integer>> holders) {
        List<String> order = new ArrayList<>(holders.keySet());
        order.sort(Comparator.<String>comparingInt(phrase -> holders.get(phrase).size())
                .thenComparing(Comparator.naturalOrder()));
        return order;
    }

    private BitSet chosen(Map<String, List<Integer>> holders) {
        SplittableRandom random = new SplittableRandom(seed);
        BitSet chosen = new BitSet();
        for (String phrase : order(holders)) {
            List<Integer> places = new ArrayList<>(holders.get(phrase));
            int take = Math.min(most, places.size());
            for (int i = 0; i < take; i++) { // the first places of a shuffle
                if (places.size() > most) {
                    Collections.swap(places, i, i + random.nextInt(places.size() - i));
                }
                chosen.set(places.get(i));
            }
        }
        return chosen;
    }
}
