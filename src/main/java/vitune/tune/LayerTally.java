package vitune.tune;

import vitune.tensor.Precision;

/**
 * What one layer takes: bytes that the way back needs, bytes that are made on the way and freed behind the layer, and the
 * operations of its matrix products (a multiply-add is two). Its methods are called in the order of the forward pass.
 *
 * <p>Source: what PyTorch's {@code derivatives.yaml} keeps: a product keeps its input only if its weight is trained, and
 * its weight only if a gradient flows on to its input; a norm keeps its input, relu its result, other activations their
 * input; fused attention keeps queries, keys, values, result and a number a row, never the scores. <em>Differs:</em> in f32 on a
 * CPU, texts of up to 128 tokens keep what each gives to each in place of the result, about as much.
 */
final class LayerTally {
    private static final int SINGLE = 4; // bytes of an f32

    private final int bytes;
    private final boolean cast;
    private final boolean trained;
    private final int rank;
    private boolean flows;
    private long input;
    private long saved;
    private long made;
    private long back;
    private long adapters;
    private double forward;
    private double backward;

    /**
     * @param load how the layer's part is treated
     * @param compute precision of activations
     * @param flows whether gradients flow to what comes in
     */
    LayerTally(PartLoad load, Precision compute, boolean flows) {
        this.bytes = compute.bytes();
        this.trained = load.trained();
        this.rank = load.rank();
        this.cast = (trained ? Precision.F32 : load.stored()) != compute;
        this.flows = flows;
    }

    /** Whether gradients flow to what has been made so far. */
    boolean flows() {
        return flows || learns();
    }

    private boolean learns() {
        return trained || rank > 0;
    }

    /** A norm of {@code n} numbers, or of their copy in f32. */
    LayerTally norm(long n) {
        if (flows()) saved += n * SINGLE;
        made += n * bytes;
        return work(n * SINGLE);
    }

    /** LLaMA's norm, which PyTorch 2.7 composes of products: the normed numbers are kept for the scale. */
    LayerTally rmsNorm(long n) {
        if (trained) saved += n * SINGLE;
        return norm(n);
    }

    /** Linear layers that read the same {@code rows} of width {@code in}. */
    LayerTally linear(long rows, long in, long... outs) {
        if (learns()) saved += rows * in * bytes;
        return kept(rows, in, outs);
    }

    /** Linear layers whose input is kept anyway. */
    LayerTally kept(long rows, long in, long... outs) {
        for (long out : outs) {
            made += rows * out * bytes;
            if (cast && flows) saved += in * out * bytes;
            if (cast && !flows) made += in * out * bytes;
            double product = 2.0 * rows * in * out;
            forward += product;
            backward += (flows ? product : 0) + (trained ? product : 0);
            if (trained) work(in * out * SINGLE + (cast ? in * out * bytes : 0)); // before it is added to what there is
            if (rank > 0) adapt(rows, in, out);
        }
        return this;
    }

    private void adapt(long rows, long in, long out) {
        adapters += rank * (in + out);
        saved += rows * rank * bytes + rank * (in + out) * (cast ? bytes : 0);
        made += 2 * rows * out * bytes;
        forward += 2.0 * rows * rank * (in + out);
        backward += 4.0 * rows * rank * (in + out);
    }

    /** Fused attention of {@code queries} rows to {@code keys} rows each, in {@code batch} texts or pictures. */
    LayerTally attention(long batch, long queries, long keys, long heads, long width) {
        long rows = batch * queries;
        if (flows()) saved += (2 * rows + 2 * batch * keys) * width * bytes + rows * heads * SINGLE;
        made += rows * width * bytes;
        double products = 4.0 * batch * queries * keys * width;
        forward += products;
        if (flows()) backward += 2 * products;
        return work((2 * rows + 2 * batch * keys) * width * bytes);
    }

    /** What comes in: so many numbers. It stays beside what a norm keeps of it, or alone where the layer is computed again. */
    LayerTally reads(long n) {
        input = n * bytes;
        return this;
    }

    /** An array of so many numbers that is kept where gradients flow, and one of that size made of it. */
    LayerTally keep(long n) {
        return hold(n).make(n);
    }

    /** An array of so many numbers that is there already, and is kept where gradients flow. */
    LayerTally hold(long n) {
        if (flows()) saved += n * bytes;
        return this;
    }

    /** An array of so many numbers that nothing needs on the way back. */
    LayerTally make(long n) {
        made += n * bytes;
        return this;
    }

    /** On the way back, some step holds so many bytes at once. */
    LayerTally work(long most) {
        back = Math.max(back, most);
        return this;
    }

    /** Bytes that come in. */
    long input() {
        return input;
    }

    /** Bytes that stay until the way back, or 0 where no gradient flows. */
    long saved() {
        return saved;
    }

    /** Bytes made on the way forward, those that stay included where they were made here. */
    long made() {
        return made;
    }

    /** Bytes that the way back holds at once beside what was saved. */
    long back() {
        return back;
    }

    /** Numbers of low-rank adapters. */
    long adapters() {
        return adapters;
    }

    double forward() {
        return forward;
    }

    double backward() {
        return backward;
    }
}
