package vitune.tensor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The device that models live on: what {@code -Dvitune.device} says, or else the environment's {@code VITUNE_DEVICE}; one
 * of {@code cpu} (default), {@code cuda} and {@code cuda:1}. Read once, when the engine starts.
 */
final class DeviceChoice {
    private static final Pattern FORM = Pattern.compile("(cpu)|cuda(?::(\\d{1,2}))?");
    private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");

    private DeviceChoice() {}

    /** The setting of this process. */
    static Device chosen() {
        String property = System.getProperty("vitune.device");
        String setting = property == null ? System.getenv("VITUNE_DEVICE") : property;
        return setting == null || setting.isBlank() ? Device.cpu() : parse(setting);
    }

    /** @throws IllegalArgumentException if it is not of the form cpu, cuda or cuda:N */
    static Device parse(String setting) {
        Matcher form = FORM.matcher(setting.strip().toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "the device (VITUNE_DEVICE, --device) must be cpu, cuda or cuda:N, got \"" + setting + "\"");
        }
        if (form.group(1) != null) return Device.cpu();
        return Device.gpu(form.group(2) == null ? 0 : Integer.parseInt(form.group(2)));
    }

    /** As the setting spells it: cpu, cuda:0. */
    static String name(Device device) {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
    }

    /**
     * Fails before the engine is loaded where it could not serve: DJL takes a CPU engine on the class path without a
     * word.
     */
    static void requireServed(Device device) {
        if (!device.isGpu()) return;
        if ("cpu".equals(bundled())) {
            throw failure(
                    device,
                    "the class path holds PyTorch's CPU build (pytorch-native-cpu)",
                    "start with jshell/vitune --device " + name(device) + ", or leave that jar out of the class path");
        }
        if (!hasDriver()) {
            throw failure(device, "there is no NVIDIA driver here", "--device cpu computes on the processor");
        }
    }

    /** Before DJL fetches 2.5 GB for nothing. A container may hide any of the three. */
    private static boolean hasDriver() {
        Stream<Path> programs = Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .map(folder -> Path.of(folder, "nvidia-smi"));
        return Stream.concat(Stream.of(DRIVER, Path.of("/dev/nvidia0")), programs)
                .anyMatch(Files::exists);
    }

    /** Fails after the engine is loaded, if PyTorch cannot compute there. */
    static void requireThere(Device device) {
        if (!device.isGpu()) return;
        try {
            KernelModule.get().number("probe", name(device));
        } catch (EngineException e) {
            throw failure(
                    device,
                    "PyTorch says: " + firstLine(e),
                    "see that nvidia-smi lists that GPU and its driver is"
                            + " 525 or newer (CUDA 12), or go on with --device cpu");
        }
    }

    /** What to say of a CUDA build that does not load. */
    static IllegalStateException notLoaded(Device device, Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) root = root.getCause();
        IllegalStateException failure = failure(
                device,
                "PyTorch's CUDA build could not be loaded (" + firstLine(root) + ")",
                "name the folder of a libtorch 2.7.1 for CUDA 12.8 in PYTORCH_LIBRARY_PATH, or let DJL fetch one once"
                        + " (-Dai.djl.offline=false, about 2.5 GB)");
        failure.initCause(cause);
        return failure;
    }

    private static IllegalStateException failure(Device device, String found, String remedy) {
        return new IllegalStateException("asked for " + name(device) + ", but " + found + "; driver: " + driver()
                + ", PYTORCH_LIBRARY_PATH: " + word(System.getenv("PYTORCH_LIBRARY_PATH")) + ". What to do: " + remedy);
    }

    private static String driver() {
        try {
            return Files.readAllLines(DRIVER).get(0).replaceAll("\\s+", " ").strip();
        } catch (IOException | IndexOutOfBoundsException e) {
            return "none found (" + DRIVER + ")";
        }
    }

    private static String word(@Nullable String value) {
        return value == null || value.isBlank() ? "not set" : value;
    }

    static String firstLine(Throwable failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        // TorchScript puts its own trace before the line of PyTorch that matters
        int at = message.indexOf("RuntimeError: ");
        return (at < 0 ? message : message.substring(at + 14))
                .strip()
                .lines()
                .findFirst()
                .orElse("");
    }

    /** The flavour of the native PyTorch on the class path: cpu, cu128; null if there is none. */
    private static @Nullable String bundled() {
        try (InputStream in = DeviceChoice.class.getResourceAsStream("/native/lib/pytorch.properties")) {
            if (in == null) return null;
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("flavor");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
