package vitune.tune;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import vitune.data.InstructionSet;
import vitune.model.ModelConfig;
import vitune.model.Rendered;
import vitune.model.VisionLanguageModel;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;
import vitune.tensor.Precision;

/**
 * The memory and time of a stage, before it starts: counted from the sizes of the model and of the largest micro-batch.
 *
 * <pre>{@code
 * var forecast = TuningForecast.of(model, stage, data);
 * forecast.table();                                  // what takes how much
 * forecast.seconds(TuningForecast.measuredRate(stage.precision()));   // how long
 * forecast.beside(DeviceMemory.peak().orElseThrow()) // afterwards
 * }</pre>
 */
public final class TuningForecast {
    /** The JVM, its heap after a few steps, and PyTorch's libraries: as measured on Linux, Java 17; on CUDA its context. */
    static final long RUNTIME_CPU = 330L << 20;

    private static final long RUNTIME_CUDA = 600L << 20; // not measured
    private static final double MEGA = 1 << 20;

    /**
     * What glibc keeps of freed pieces, by the bytes that come and go in a step: fitted to seven measured peaks, which asked
     * for 0.1 to 0.5 (data/results/engine/memory.md).
     */
    private static final double PIECES = 0.25;

    /** Of the memory that ran out: ways that take no more are told. */
    private static final double ENOUGH = 0.8;

    private final String name;
    private final Workload work;
    private final MemoryDemand demand;
    private final int steps;
    private final OptionalLong available;
    private final boolean cuda;

    TuningForecast(String name, Workload work, int steps, OptionalLong available, boolean cuda) {
        this.name = name;
        this.work = work;
        this.demand = MemoryDemand.of(cuda ? work.withFeaturesElsewhere() : work); // the host keeps them
        this.steps = steps;
        this.available = available;
        this.cuda = cuda;
    }

    /** The forecast of a stage on the data, on the chosen device, features of pictures kept where it is fastest. */
    public static TuningForecast of(VisionLanguageModel model, Stage stage, InstructionSet data) {
        return of(model, stage, data, FeatureCache.fastest());
    }

    /** The same with another place for features, see {@link Tuner#withFeatureCache}. */
    public static TuningForecast of(VisionLanguageModel model, Stage stage, InstructionSet data, FeatureCache cache) {
        return of(model, stage, data, Examples.render(model, data), cache);
    }

    /** The same with the samples as tokens. */
    static TuningForecast of(
            VisionLanguageModel model, Stage stage, InstructionSet data, List<Rendered> rows, FeatureCache cache) {
        long pictures = data.samples().stream()
                .flatMap(s -> s.images().stream())
                .distinct()
                .count();
        long uses = stage.epochs()
                * data.samples().stream().mapToLong(s -> s.images().size()).sum();
        return new TuningForecast(
                stage.name(),
                Workload.of(
                        model,
                        stage,
                        rows,
                        (int) pictures,
                        VisionFeatures.kind(model, stage, (int) pictures, uses, cache)),
                Examples.steps(stage, data.size()),
                DeviceMemory.total(),
                Engines.device().isGpu());
    }

    /**
     * The forecast of a stage on texts of one length, each with a picture that is seen in every step and all
     * its tokens learned: for sizes that are not here, see {@link #withMemory}.
     *
     * @param stored precision of weights that are not trained
     * @param text tokens of a text, without those of the picture
     * @param samples in the data
     */
    public static TuningForecast of(ModelConfig config, Stage stage, Precision stored, int text, int samples) {
        Workload work = Workload.of(config, stage, stored, text, samples);
        return new TuningForecast(stage.name(), work, Examples.steps(stage, samples), OptionalLong.empty(), false);
    }

    /** The same on a device of so many bytes. */
    public TuningForecast withMemory(long bytes, boolean gpu) {
        return new TuningForecast(name, work, steps, OptionalLong.of(bytes), gpu);
    }

    /** Bytes at the worst moment: of the process on a CPU, of the card on a GPU. */
    public long peakBytes() {
        return runtime() + demand.peak() + pieces();
    }

    private long pieces() {
        boolean glibc = !cuda && System.getProperty("os.name").equals("Linux");
        if (!glibc || demand.looking() > demand.step()) return 0;
        return (long) (PIECES * (MemoryDemand.sum(demand.activations()) + demand.scores() + demand.work()));
    }

    private long runtime() {
        return cuda ? RUNTIME_CUDA : RUNTIME_CPU;
    }

    /** Operations of matrix products in one optimiser step, a multiply-add counted as two. */
    public double stepOperations() {
        return work.microBatches() * (demand.forward() + demand.backward());
    }

    /** Operations of the whole stage, pictures that are seen once included. */
    public double operations() {
        return demand.look() + steps * stepOperations();
    }

    /**
     * Seconds of the whole stage.
     *
     * @param rate operations a second: {@link #measuredRate}, or {@link #stepOperations} by the seconds of a first step
     */
    public double seconds(double rate) {
        if (!(rate > 0)) throw new IllegalArgumentException("rate must be > 0, got " + rate);
        return operations() / rate;
    }

    /** Whether it fits the device's memory; true where the system does not tell how much there is. */
    public boolean fits() {
        return available.isEmpty() || peakBytes() <= available.getAsLong();
    }

    /** One row a use of memory, and their sum, in MiB. */
    public Table table() {
        MemoryTable table = new MemoryTable();
        table.parts("weights", demand.weights());
        table.parts("gradients", demand.gradients());
        table.parts("AdamW", demand.optimizer());
        table.row("pictures seen before the first step", Math.max(0, demand.looking() - demand.step()));
        table.row("features kept", demand.cache());
        String computed = work.compute().name().toLowerCase(Locale.ROOT) + (work.recompute() ? ", recomputed" : "");
        table.parts("activations in " + computed, demand.activations());
        table.row("scores of words", demand.scores());
        table.row("within a layer", demand.work());
        table.row("freed pieces that the allocator keeps", pieces());
        table.row(cuda ? "CUDA" : "JVM and libraries", runtime());
        table.row("all", peakBytes());
        return table.named(name);
    }

    /** The forecast beside what was measured, and by how much it was off. */
    public Table beside(long measuredBytes) {
        return Table.create(
                name + ", peak memory",
                DoubleColumn.create("forecast MiB", List.of(Math.round(peakBytes() / MEGA * 10) / 10.0)),
                DoubleColumn.create("measured MiB", List.of(Math.round(measuredBytes / MEGA * 10) / 10.0)),
                DoubleColumn.create(
                        "error %", List.of(Math.round(1000.0 * (peakBytes() - measuredBytes) / measuredBytes) / 10.0)));
    }

    /**
     * Refuses a plan that does not fit.
     *
     * @throws IllegalStateException naming what is needed, what is there, and up to three ways to make it fit, the cheapest first
     */
    public void requireFits() {
        if (!fits()) throw new IllegalStateException(refusal("does not fit", "it fits with", ways()));
    }

    /**
     * The stage as it fits: with layers computed again on the way back where only that makes it fit.
     *
     * @throws IllegalStateException if it does not fit so either, see {@link #requireFits}
     */
    Stage fitting(Stage stage) {
        if (!fits() && !work.recompute() && with(work.withRecompute(true)).fits()) return stage.withRecompute(true);
        requireFits();
        return stage;
    }

    /** What to say where memory ran out all the same: what is there is less than was thought, so ways take less still. */
    IllegalStateException ranOut(String complaint, Throwable cause) {
        long most = (long) (ENOUGH * Math.min(available.orElse(Long.MAX_VALUE), peakBytes()));
        String what = "ran out of memory (" + complaint + ")";
        return new IllegalStateException(refusal(what, "it takes less with", ways(most)), cause);
    }

    private String refusal(String what, String remedy, List<Remedy> ways) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s %s: forecast %s, memory %s",
                name,
                what,
                words(peakBytes()),
                available.isEmpty() ? "not known" : words(available.getAsLong())));
        text.append(ways.isEmpty() ? "; no saving known here is enough" : "; " + remedy);
        for (int i = 0; i < ways.size(); i++) {
            Remedy way = ways.get(i);
            text.append(String.format(
                    Locale.ROOT,
                    "%n  %d. %s: %s, %s",
                    i + 1,
                    String.join(" and ", way.names()),
                    words(way.forecast().peakBytes()),
                    time(way.forecast())));
        }
        return text.toString();
    }

    private String time(TuningForecast other) {
        double factor = other.operations() / operations();
        return factor > 0.995 && factor < 1.005
                ? "as much work"
                : String.format(Locale.ROOT, "%.2f times the work", factor);
    }

    private static String words(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / MEGA / 1024);
    }

    /** The three cheapest ways to make it fit, the cheapest in time first; fewer if there are no more. */
    List<Remedy> ways() {
        return ways(available.orElse(Long.MAX_VALUE));
    }

    private List<Remedy> ways(long most) {
        return Remedy.of(this, work, most).stream().limit(3).toList();
    }

    /** The same stage, otherwise computed. */
    TuningForecast with(Workload other) {
        return new TuningForecast(name, other, steps, available, cuda);
    }

    Workload work() {
        return work;
    }

    MemoryDemand demand() {
        return demand;
    }

    /** Operations a second of one product of matrices, 2,048 a side, in the precision: half a second. */
    public static double measuredRate(Precision precision) {
        return MatrixRate.measure(precision, 2048);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "TuningForecast[%s: %s at most, %d steps of %.3g operations]",
                name,
                words(peakBytes()),
                steps,
                stepOperations());
    }
}
