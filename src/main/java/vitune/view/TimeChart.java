package vitune.view;

import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import vitune.tensor.Profile;

/** Where the time goes: a bar a part of the model with its passes, and the kernels that take most. */
public final class TimeChart {
    private static final int WIDTH = 430;
    private static final int ROW = 30;
    private static final int KERNELS = 9;
    private static final Map<String, Color> PASSES = new LinkedHashMap<>();

    static {
        PASSES.put("forward", Theme.colour(0));
        PASSES.put("backward", Theme.colour(5));
        PASSES.put("optimiser", Theme.colour(1));
        PASSES.put(Profile.JAVA, Theme.colour(3));
    }

    private TimeChart() {}

    /** A profile as two groups of bars, in milliseconds. */
    public static Picture of(Profile profile) {
        Map<String, Map<String, Double>> parts = new LinkedHashMap<>();
        for (String part : List.of("vision", "connector", "language", "")) parts.put(part, new LinkedHashMap<>());
        Map<String, Double> kernels = new LinkedHashMap<>();
        for (Profile.Row row : profile.rows()) {
            parts.get(row.part()).merge(row.label(), row.milliseconds(), Double::sum);
            kernels.merge(row.kernel(), row.milliseconds(), Double::sum);
        }
        List<Canvas.Key> keys = PASSES.entrySet().stream()
                .map(pass -> new Canvas.Key(pass.getKey(), pass.getValue(), false))
                .toList();
        Canvas canvas = new Canvas(2 * WIDTH, Canvas.HEAD + 44 + ROW * (KERNELS + 1));
        canvas.head(String.format(Locale.ROOT, "Where %,.0f ms go", profile.milliseconds()), keys);
        canvas.text("By part of the model", Theme.plain(13), Theme.MUTED, Canvas.MARGIN, Canvas.HEAD + 28);
        double most = parts.values().stream().mapToDouble(TimeChart::sum).max().orElse(1);
        int y = Canvas.HEAD + 40;
        for (Map.Entry<String, Map<String, Double>> part : parts.entrySet()) {
            if (part.getValue().isEmpty()) continue;
            String name = part.getKey().isEmpty() ? "everything else" : part.getKey();
            bar(canvas, Canvas.MARGIN, y, name, part.getValue(), most, profile.milliseconds());
            y += ROW + 22;
        }
        kernels(canvas, kernels, profile.milliseconds());
        return canvas.picture("time: " + profile);
    }

    private static double sum(Map<String, Double> passes) {
        return passes.values().stream().mapToDouble(ms -> ms).sum();
    }

    private static void bar(
            Canvas canvas, double x, int y, String name, Map<String, Double> passes, double most, double all) {
        canvas.text(name, Theme.plain(13), Theme.INK, x, y + 12);
        double at = x;
        for (Map.Entry<String, Color> pass : PASSES.entrySet()) {
            double length = (WIDTH - 120) * passes.getOrDefault(pass.getKey(), 0.0) / most;
            canvas.g.setColor(pass.getValue());
            canvas.g.fill(new Rectangle2D.Double(at, y + 18, length, 16));
            at += length;
        }
        canvas.text(share(sum(passes), all), Theme.plain(13), Theme.INK, at + 8, y + 31);
    }

    private static void kernels(Canvas canvas, Map<String, Double> kernels, double all) {
        double x = WIDTH + Canvas.MARGIN;
        canvas.text("By kernel", Theme.plain(13), Theme.MUTED, x, Canvas.HEAD + 28);
        List<Map.Entry<String, Double>> longest = kernels.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .limit(KERNELS)
                .toList();
        int y = Canvas.HEAD + 40;
        for (Map.Entry<String, Double> kernel : longest) {
            String name = kernel.getKey().replace("_scaled_dot_product", "sdpa").replace("_for_cpu", "");
            if (name.length() > 30) name = name.substring(0, 29) + "\u2026";
            double length = (WIDTH - 300) * kernel.getValue() / longest.get(0).getValue();
            canvas.text(name, Theme.plain(12), Theme.INK, x, y + 15);
            canvas.g.setColor(Theme.MUTED);
            canvas.g.fill(new Rectangle2D.Double(x + 220, y + 4, Math.max(1, length), 14));
            canvas.text(share(kernel.getValue(), all), Theme.plain(12), Theme.INK, x + 220 + length + 6, y + 15);
            y += ROW;
        }
    }

    private static String share(double part, double all) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * part / all);
    }
}
