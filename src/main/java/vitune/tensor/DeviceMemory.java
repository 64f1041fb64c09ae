package vitune.tensor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The memory of the device that models live on, in bytes: on a CPU the machine's, or the container's limit where that is
 * lower; on a GPU what {@code nvidia-smi} tells.
 */
public final class DeviceMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private DeviceMemory() {}

    /** All memory there is; empty where the system does not tell. */
    public static OptionalLong total() {
        Device device = Engines.device();
        if (device.isGpu()) return smi("memory.total", device);
        long machine = ofMachine();
        return machine > 0 ? OptionalLong.of(machine) : OptionalLong.empty();
    }

    /** The memory of the machine, or the container's limit, whatever the device; 0 where the system does not tell. */
    public static long ofMachine() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    /** What this process holds now: its resident set on a CPU; on a GPU all that is taken there, by whomever. */
    public static OptionalLong used() {
        Device device = Engines.device();
        return device.isGpu() ? smi("memory.used", device) : status("VmRSS:");
    }

    /**
     * The most this process held since its start or {@link #forgetPeak}: its resident set, JVM and native layer together.
     * On a GPU what is taken now: PyTorch's allocator returns nothing before the end.
     */
    public static OptionalLong peak() {
        Device device = Engines.device();
        return device.isGpu() ? smi("memory.used", device) : status("VmHWM:");
    }

    /** Lets {@link #peak} begin anew with what is held now; without effect where the system has no such thing. */
    public static void forgetPeak() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        } catch (IOException | SecurityException e) {
            // then the peak is that since the start of the process
        }
    }

    /** Whether a failure of the engine means that memory ran out. */
    public static boolean ranOut(Throwable failure) {
        String message = failure instanceof EngineException ? String.valueOf(failure.getMessage()) : "";
        return message.contains("out of memory") || message.contains("can't allocate memory");
    }

    /** PyTorch's own line about it. */
    public static String complaint(Throwable failure) {
        return DeviceChoice.firstLine(failure);
    }

    private static OptionalLong status(String field) {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(field)) return OptionalLong.of(Long.parseLong(line.replaceAll("\\D", "")) << 10);
            }
        } catch (IOException e) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }

    /**
     * What nvidia-smi calls a device of CUDA's, which counts only those that it was told of. Where cards differ, CUDA counts
     * the fastest first and nvidia-smi by their slots, unless {@code CUDA_DEVICE_ORDER=PCI_BUS_ID}.
     *
     * @param visible {@code CUDA_VISIBLE_DEVICES}, numbers or UUIDs with commas; null for all
     */
    static String card(int device, @Nullable String visible) {
        String[] told = visible == null ? new String[0] : visible.split(",");
        return device < told.length && !told[device].isBlank() ? told[device].strip() : Integer.toString(device);
    }

    private static OptionalLong smi(String field, Device device) {
        List<String> command = List.of(
                "nvidia-smi",
                "--query-gpu=" + field,
                "--format=csv,noheader,nounits",
                "-i",
                card(device.getDeviceId(), System.getenv("CUDA_VISIBLE_DEVICES")));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? OptionalLong.of(Long.parseLong(answer) << 20) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalLong.empty();
        }
    }
}
