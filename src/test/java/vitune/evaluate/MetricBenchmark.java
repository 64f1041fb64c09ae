package vitune.evaluate;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import vitune.data.Question;

/**
 * How long the soft accuracy of a whole validation set of VQA v2 takes, with its intervals: one line of JSON.
 *
 * <pre>{@code
 * java -cp "target/classes:target/test-classes:target/lib/*" vitune.evaluate.MetricBenchmark
 * }</pre>
 */
public final class MetricBenchmark {
    private static final int QUESTIONS = 214_354;

    private MetricBenchmark() {}

    public static void main(String[] args) {
        List<Prediction> cases = Cases.vqa();
        List<Prediction> all = IntStream.range(0, QUESTIONS)
                .mapToObj(i -> {
                    Prediction one = cases.get(i % cases.size());
                    Question q = one.question();
                    return new Prediction(
                            new Question("" + i, q.image(), q.kind(), q.text(), q.answers(), List.of(), Map.of()),
                            one.reply());
                })
                .toList();
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Marks marks = Metric.vqa().score(all);
        System.out.printf(
                "{\"questions\": %d, \"cpuSeconds\": %.1f, \"accuracy\": %.4f, \"low\": %.4f, \"high\": %.4f}%n",
                QUESTIONS,
                (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9,
                marks.value("accuracy"),
                marks.mark("accuracy", Marks.OVERALL).low(),
                marks.mark("accuracy", Marks.OVERALL).high());
    }
}
