package vitune.tensor;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.TorchScript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Packs {@code kernels.py}, and modules beside it, into TorchScript archives, in memory, and loads each once. {@code
 * layers.py} goes on in each: the layers of a model over the products of that module.
 */
final class KernelModule {
    private KernelModule() {}

    private static final class Loaded {
        static final TorchScript MODULE = load("kernels.py", "Kernels");
    }

    /** The module, loaded by the first caller. */
    static TorchScript get() {
        Engines.start();
        return Loaded.MODULE;
    }

    /**
     * Another module, or null if this build of PyTorch lacks what it calls, or has it with other arguments.
     *
     * @throws EngineException if the module is wrong in itself
     */
    static @Nullable TorchScript optional(String file, String type) {
        Engines.start();
        try {
            return load(file, type);
        } catch (EngineException e) {
            String fault = String.valueOf(e.getMessage());
            if (fault.contains("Unknown builtin op") || fault.contains("Arguments for call are not valid")) return null;
            throw e;
        }
    }

    private static TorchScript load(String file, String type) {
        try {
            return new TorchScript(
                    archive((text(file) + "\n" + text("layers.py")).getBytes(StandardCharsets.UTF_8), type));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(String file) throws IOException {
        try (InputStream source = KernelModule.class.getResourceAsStream(file)) {
            if (source == null) {
                throw new IllegalStateException("the resource vitune/tensor/" + file + " is missing");
            }
            return new String(source.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The four files that PyTorch's loader asks for; version 10 selects the operator schemas of PyTorch 2. */
    private static byte[] archive(byte[] code, String type) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "data.pkl", pickle(type));
            put(zip, "code/__torch__.py", code);
            put(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'}); // an empty tuple
            put(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    /** A pickled object of class {@code __torch__.TYPE} whose only attribute is {@code training = True}. */
    private static byte[] pickle(String type) {
        String object = "\u0080\2" + "c__torch__\n" + type + "\n" + ")\u0081" + "}(X\10\0\0\0training\u0088u" + "b.";
        return object.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry("kernels/" + name);
        entry.setMethod(ZipEntry.STORED); // the loader reads stored entries only
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
