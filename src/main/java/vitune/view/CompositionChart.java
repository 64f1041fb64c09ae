package vitune.view;

import java.awt.geom.RoundRectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.knowm.xchart.CategoryChart;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.Turn;

/** What instruction data is made of: how many answers of each type, and how long they are. */
public final class CompositionChart {
    private static final int[] EDGES = {1, 2, 3, 5, 9, 17, 33, 65}; // the fewest words of each bin
    private static final int KINDS = 6; // colours that can be told apart
    private static final int NAME = 28; // characters
    private static final int WIDTH = 430;
    private static final int HEIGHT = 360;

    private CompositionChart() {}

    /** Answers by response type. */
    public static Picture of(InstructionSet samples) {
        return of(words(samples, sample -> sample.type().label()));
    }

    /** Answers by the source that {@link InstructionSet#composition()} tells. */
    public static Picture bySource(InstructionSet samples) {
        return of("Where the data comes from", "source", words(samples, InstructionSample::source));
    }

    /** The number of words of each answer, by what a sample is counted as; the kinds with most answers come first. */
    private static Map<String, int[]> words(InstructionSet samples, Function<InstructionSample, String> kind) {
        Map<String, IntStream.Builder> words = new TreeMap<>();
        for (InstructionSample sample : samples) {
            for (Turn turn : sample.turns()) {
                words.computeIfAbsent(kind.apply(sample), name -> IntStream.builder())
                        .add(turn.words());
            }
        }
        Map<String, int[]> byKind = new LinkedHashMap<>();
        words.forEach((name, counts) -> byKind.put(name, counts.build().toArray()));
        return largestFirst(byKind);
    }

    private static Map<String, int[]> largestFirst(Map<String, int[]> words) {
        Map<String, int[]> sorted = new LinkedHashMap<>();
        words.entrySet().stream()
                .sorted(Comparator.comparingInt(kind -> -kind.getValue().length))
                .forEach(kind -> sorted.put(kind.getKey(), kind.getValue()));
        return sorted;
    }

    /** As many kinds as there are colours: where there are more, the small ones are one, and long names are cut. */
    static Map<String, int[]> told(Map<String, int[]> words) {
        Map<String, int[]> told = new LinkedHashMap<>();
        boolean many = words.size() > KINDS;
        String others = words.size() - KINDS + 1 + " others";
        for (Map.Entry<String, int[]> kind : (many ? largestFirst(words) : words).entrySet()) {
            String name =
                    kind.getKey().length() > NAME ? kind.getKey().substring(0, NAME - 1) + "\u2026" : kind.getKey();
            told.merge(
                    many && told.size() >= KINDS - 1 && !told.containsKey(name) ? others : name,
                    kind.getValue(),
                    (one, other) -> IntStream.concat(Arrays.stream(one), Arrays.stream(other))
                            .toArray());
        }
        return told;
    }

    /**
     * Anything that comes in types and is counted in words.
     *
     * @param words the number of words of each answer, by type
     * @throws IllegalArgumentException if there are no answers
     */
    public static Picture of(Map<String, int[]> words) {
        return of("What the data is made of", "type", words);
    }

    private static Picture of(String title, String kind, Map<String, int[]> all) {
        Map<String, int[]> words = told(all);
        int answers = words.values().stream().mapToInt(counts -> counts.length).sum();
        if (answers == 0) {
            throw new IllegalArgumentException("a composition needs at least one answer, got none");
        }
        List<Canvas.Key> keys = new ArrayList<>();
        words.keySet().forEach(type -> keys.add(new Canvas.Key(type, Theme.colour(keys.size()), false)));
        Canvas canvas = new Canvas(2 * WIDTH, Canvas.HEAD + HEIGHT);
        canvas.head(title, keys);
        types(canvas, kind, words);
        canvas.text(
                "Answers by length, in words", Theme.plain(13), Theme.MUTED, WIDTH + Canvas.MARGIN, Canvas.HEAD + 30);
        canvas.chart(lengths(words), WIDTH, Canvas.HEAD + 36);
        StringBuilder text = new StringBuilder();
        words.forEach((type, counts) -> text.append(text.isEmpty() ? "" : ", ")
                .append(counts.length)
                .append(' ')
                .append(type));
        return canvas.picture("composition: " + text);
    }

    /** A bar a type with its number. */
    private static void types(Canvas canvas, String kind, Map<String, int[]> words) {
        canvas.text("Answers by " + kind, Theme.plain(13), Theme.MUTED, Canvas.MARGIN, Canvas.HEAD + 30);
        int most =
                words.values().stream().mapToInt(counts -> counts.length).max().orElse(1);
        int place = Math.min(56, (HEIGHT - 60) / words.size());
        int y = Canvas.HEAD + 48;
        int i = 0;
        for (Map.Entry<String, int[]> type : words.entrySet()) {
            double length = Math.max(2, (WIDTH - 110.0) * type.getValue().length / most);
            canvas.text(type.getKey(), Theme.plain(13), Theme.INK, Canvas.MARGIN, y + 12);
            canvas.g.setColor(Theme.colour(i++));
            canvas.g.fill(new RoundRectangle2D.Double(Canvas.MARGIN, y + 18, length, place - 34, 4, 4));
            canvas.text(
                    String.format(Locale.ROOT, "%,d", type.getValue().length),
                    Theme.plain(13),
                    Theme.INK,
                    Canvas.MARGIN + length + 8,
                    y + 18 + (place - 34) / 2.0 + 5);
            y += place;
        }
    }

    /** Answers by their length; the types are stacked. */
    static CategoryChart lengths(Map<String, int[]> words) {
        CategoryChart chart = new CategoryChart(WIDTH, HEIGHT - 40);
        Theme.apply(chart.getStyler());
        chart.getStyler()
                .setStacked(true)
                .setAvailableSpaceFill(0.86)
                .setXAxisTickMarkSpacingHint(10)
                .setDecimalPattern("#,##0");
        int longest = words.values().stream().flatMapToInt(Arrays::stream).max().orElse(1);
        int bins = (int) Arrays.stream(EDGES)
                .filter(edge -> edge <= Math.max(1, longest))
                .count();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < bins; i++) {
            names.add(
                    i == EDGES.length - 1
                            ? EDGES[i] + "+"
                            : EDGES[i] + 1 == EDGES[i + 1] ? "" + EDGES[i] : EDGES[i] + "\u2013" + (EDGES[i + 1] - 1));
        }
        int colour = 0;
        for (Map.Entry<String, int[]> type : words.entrySet()) {
            Integer[] counts = new Integer[bins];
            Arrays.fill(counts, 0);
            for (int n : type.getValue()) {
                counts[bin(n, bins)]++;
            }
            chart.addSeries(type.getKey(), names, Arrays.asList(counts)).setFillColor(Theme.colour(colour++));
        }
        return chart;
    }

    private static int bin(int words, int bins) {
        int bin = 0;
        while (bin + 1 < bins && words >= EDGES[bin + 1]) bin++;
        return bin;
    }
}
