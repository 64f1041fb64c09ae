package vitune.tensor;

import java.util.Arrays;
import java.util.Optional;

/** The number types of the safetensors format that PyTorch and DJL can hold. */
enum StoredType {
    F64(7, 8),
    F32(6, 4),
    F16(5, 2),
    BF16(15, 2),
    I64(4, 8),
    I32(3, 4),
    I8(1, 1),
    U8(0, 1),
    BOOL(11, 1);

    private final int code;
    private final int bytes;

    StoredType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** PyTorch's own number for this type. */
    int code() {
        return code;
    }

    /** Bytes of one number. */
    int bytes() {
        return bytes;
    }

    boolean floating() {
        return name().contains("F");
    }

    /** The type that the format spells so; empty for those that are not held here: F8_E4M3, U16, C64 ... */
    static Optional<StoredType> of(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }
}
