package vitune.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Starts PyTorch under DJL, offline: no telemetry, nothing fetched, unless {@code -Dai.djl.offline=false} is given.
 *
 * <p>One setting chooses the device: {@code VITUNE_DEVICE}, {@code cpu} (default), {@code cuda} or {@code cuda:1}
 * ({@code jshell/vitune --device} sets it). The native libraries come from the class path and are unpacked once into DJL's cache. Everything in this package
 * starts the engine by itself; start it by hand to set seed and threads first.
 */
public final class Engines {
    private static final String NAME = "PyTorch";

    private Engines() {}

    /** The one attempt of this JVM to load the native layer: a class is initialised once, by one thread. */
    private static final class Start {
        static final Device DEVICE;
        static final @Nullable Throwable FAILURE;

        static {
            Device device = Device.cpu();
            Throwable failure;
            try {
                device = DeviceChoice.chosen();
                failure = attempt(device);
            } catch (IllegalArgumentException unknown) {
                failure = unknown;
            }
            DEVICE = device;
            FAILURE = failure;
        }

        private static @Nullable Throwable attempt(Device device) {
            if (System.getProperty("ai.djl.offline") == null) {
                System.setProperty("ai.djl.offline", "true");
            }
            try {
                DeviceChoice.requireServed(device);
                Engine.getEngine(NAME);
                return null;
            } catch (IllegalStateException unserved) {
                return unserved;
            } catch (EngineException | LinkageError | AssertionError failure) {
                return failure;
            }
        }
    }

    /**
     * Starts the engine if it is not running yet.
     *
     * @throws IllegalArgumentException if the device's setting is not cpu, cuda or cuda:N
     * @throws IllegalStateException if PyTorch's native library cannot be loaded here, or serves another device than
     *     the one asked for
     */
    public static void start() {
        if (Start.FAILURE instanceof IllegalArgumentException unknown) throw unknown;
        if (Start.FAILURE instanceof IllegalStateException known) throw known;
        if (Start.FAILURE != null && Start.DEVICE.isGpu()) throw DeviceChoice.notLoaded(Start.DEVICE, Start.FAILURE);
        if (Start.FAILURE != null) {
            throw new IllegalStateException(
                    "PyTorch could not start on " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
                            + ": the class path needs ai.djl.pytorch:pytorch-jni and :pytorch-native-cpu for this"
                            + " platform, and DJL's cache folder must be writable (" + Start.FAILURE.getMessage() + ")",
                    Start.FAILURE);
        }
    }

    /** A new manager on the chosen device: the owner of a model's arrays; close it to free them. */
    public static NDManager newManager() {
        start();
        Probe.PASSED.run();
        return Engine.getEngine(NAME).newBaseManager(Start.DEVICE);
    }

    /** The one look whether PyTorch computes on the chosen device. */
    private static final class Probe {
        static final Runnable PASSED = attempt();

        private static Runnable attempt() {
            try {
                DeviceChoice.requireThere(Start.DEVICE);
                return () -> {};
            } catch (IllegalStateException absent) {
                return () -> {
                    throw absent;
                };
            }
        }
    }

    /** The chosen device. */
    public static Device device() {
        start();
        return Start.DEVICE;
    }

    /** What to compute in unless told otherwise: bf16 on a GPU, f32 on a CPU, where bf16 is slower. */
    public static Precision usualPrecision() {
        return DeviceChoice.chosen().isGpu() ? Precision.BF16 : Precision.F32;
    }

    /** Seeds PyTorch's generators, which draw initial weights. */
    public static void seed(long seed) {
        start();
        JniUtils.setSeed(seed);
    }

    /** The number of threads one operation may use. */
    public static int threads() {
        start();
        return JniUtils.getNumThreads();
    }

    /**
     * Sets the number of threads one operation may use; sums change in the last bit with it.
     *
     * @param count at least 1; on a busy machine 1 is often fastest
     */
    public static void threads(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threads must be >= 1, got " + count);
        }
        start();
        JniUtils.setNumThreads(count);
    }

    /** What a result depends on: the versions of vitune, Java, DJL and PyTorch, the device, and the threads. */
    public static Map<String, String> versions() {
        start();
        Engine engine = Engine.getEngine(NAME);
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("vitune", ownVersion());
        versions.put("java", System.getProperty("java.version"));
        versions.put("djl", Engine.getDjlVersion());
        versions.put("pytorch", engine.getVersion());
        versions.put("device", DeviceChoice.name(Start.DEVICE));
        versions.put("threads", Integer.toString(threads()));
        return versions;
    }

    /** Written by the build into a resource, since the kit also runs from its classes. */
    private static String ownVersion() {
        Properties properties = new Properties();
        try (InputStream in = Engines.class.getResourceAsStream("version.properties")) {
            properties.load(Objects.requireNonNull(in, "version.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
