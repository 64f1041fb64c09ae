package vitune.tensor;

import ai.djl.ndarray.NDArray;

/**
 * The number format of an array of weights or activations.
 *
 * <p>DJL has no usable bf16: an array in {@link #BF16} reports {@code DataType.UNKNOWN}, so ask {@link #of} instead of
 * {@code getDataType()}, and read values with {@link Kernels#floats}.
 */
public enum Precision {
    /** 32-bit floating point: master weights, losses, statistics, and everything on a CPU. */
    F32(6, 4),
    /** bfloat16, the range of f32 with 8 bits of mantissa: frozen weights and activations on a GPU. */
    BF16(15, 2),
    /** IEEE half precision: checkpoints; its small range needs loss scaling to train. */
    F16(5, 2);

    private final int code;
    private final int bytes;

    Precision(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }

    /** PyTorch's own number for this type. */
    int code() {
        return code;
    }

    /**
     * The precision of an array.
     *
     * @throws IllegalArgumentException if it holds no floating point numbers, or f64
     */
    public static Precision of(NDArray array) {
        long found = Kernels.code(array);
        for (Precision precision : values()) {
            if (precision.code == found) {
                return precision;
            }
        }
        throw new IllegalArgumentException("array must be f32, bf16 or f16, got " + array.getDataType());
    }
}
