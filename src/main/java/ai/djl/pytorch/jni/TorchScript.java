package ai.djl.pytorch.jni;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Calls the methods of a TorchScript module with tensors, lists and numbers, inside the autograd graph.
 *
 * <p>It lives in DJL's package to reach {@code PyTorchLibrary}: DJL's public ways either run without a graph or take
 * tensors only. Handles are freed here, and a result enters the manager and the {@code NDScope} like any other array.
 */
@NullMarked
public final class TorchScript {
    private static final PyTorchLibrary LIB = PyTorchLibrary.LIB;
    private final long module;

    /** Loads a module without parameters from the bytes of a TorchScript archive; it stays loaded. */
    public TorchScript(byte[] archive) throws IOException {
        module = JniUtils.loadModuleHandle(new ByteArrayInputStream(archive), Device.cpu(), false, false);
    }

    /** Runs a method that returns a tensor; {@code owner} becomes its manager. */
    public PtNDArray tensor(PtNDManager owner, String method, Object... arguments) {
        long result = invoke(method, arguments);
        try {
            return new PtNDArray(owner, LIB.iValueToTensor(result));
        } finally {
            LIB.torchDeleteIValue(result);
        }
    }

    /**
     * A tensor, and a list of tensors that only PyTorch looks into: what it holds is freed by {@link Kept#close}.
     *
     * @param value the tensor
     * @param kept an argument for other calls
     */
    public record Both(PtNDArray value, Kept kept) {}

    /** Something of PyTorch's that is an argument for other calls, any number of times until it is closed. */
    public static final class Kept implements AutoCloseable {
        private long handle;

        private Kept(long handle) {
            this.handle = handle;
        }

        @Override
        public void close() {
            if (handle != 0) LIB.torchDeleteIValue(handle);
            handle = 0;
        }
    }

    /** Runs a method that returns a tensor and a list of tensors; {@code owner} becomes the manager of the first. */
    public Both both(PtNDManager owner, String method, Object... arguments) {
        long result = invoke(method, arguments);
        try {
            long[] parts = LIB.iValueToIValueTuple(result);
            Kept kept = new Kept(parts[1]);
            try {
                return new Both(new PtNDArray(owner, LIB.iValueToTensor(parts[0])), kept);
            } catch (RuntimeException e) {
                kept.close();
                throw e;
            } finally {
                LIB.torchDeleteIValue(parts[0]);
            }
        } finally {
            LIB.torchDeleteIValue(result);
        }
    }

    /** Runs a method that returns a list of tensors; {@code owner} becomes their manager. */
    public List<PtNDArray> tensors(PtNDManager owner, String method, Object... arguments) {
        long result = invoke(method, arguments);
        try {
            return Arrays.stream(LIB.iValueToTensorList(result))
                    .mapToObj(handle -> new PtNDArray(owner, handle))
                    .toList();
        } finally {
            LIB.torchDeleteIValue(result);
        }
    }

    /** Runs a method that returns an integer. */
    public long integer(String method, Object... arguments) {
        long result = invoke(method, arguments);
        try {
            return LIB.iValueToLong(result);
        } finally {
            LIB.torchDeleteIValue(result);
        }
    }

    /** Runs a method that returns a floating point number. */
    public double number(String method, Object... arguments) {
        long result = invoke(method, arguments);
        try {
            return LIB.iValueToDouble(result);
        } finally {
            LIB.torchDeleteIValue(result);
        }
    }

    /** Runs a method for its effect on its arguments. */
    public void run(String method, Object... arguments) {
        LIB.torchDeleteIValue(invoke(method, arguments));
    }

    /** A leaf's gradient or null, owned by {@code owner}: {@code getGradient()} would charge the leaf's manager. */
    public static @Nullable PtNDArray gradient(PtNDArray leaf, PtNDManager owner) {
        long handle = LIB.torchGrad(leaf.getHandle());
        return handle == 0 ? null : new PtNDArray(owner, handle);
    }

    private long invoke(String method, Object... arguments) {
        long[] values = new long[arguments.length];
        int made = 0;
        try {
            while (made < values.length) {
                values[made] = value(arguments[made]);
                made++;
            }
            LIB.setGraphExecutorOptimize(false); // thread-local; the optimiser costs seconds and gains nothing here
            return LIB.moduleRunMethod(module, method, values, true, false);
        } finally {
            while (made > 0) {
                made--;
                if (!(arguments[made] instanceof Kept)) LIB.torchDeleteIValue(values[made]);
            }
        }
    }

    private static long value(Object argument) {
        if (argument instanceof PtNDArray tensor) {
            return LIB.iValueFromTensor(tensor.getHandle());
        } else if (argument instanceof Number number) {
            return number instanceof Double
                    ? LIB.iValueFromDouble(number.doubleValue())
                    : LIB.iValueFromLong(number.longValue());
        } else if (argument instanceof Boolean flag) {
            return LIB.iValueFromBool(flag);
        } else if (argument instanceof String text) {
            return LIB.iValueFromString(text);
        } else if (argument instanceof Kept kept) {
            return kept.handle;
        } else if (argument instanceof long[] numbers) {
            return LIB.iValueFromLongList(numbers);
        } else if (argument instanceof List<?> tensors) {
            return LIB.iValueFromTensorList(
                    tensors.stream().mapToLong(t -> ((PtNDArray) t).getHandle()).toArray());
        }
        throw new IllegalArgumentException("no TorchScript value for " + argument.getClass());
    }
}
