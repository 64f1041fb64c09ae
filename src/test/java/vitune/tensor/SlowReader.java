package vitune.tensor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The safetensors format once more, number by number and without care for speed: what the fast reader must say too. */
final class SlowReader {
    /** One array: its type, its shape, its bytes, and its numbers. */
    record Stored(String dtype, long[] shape, byte[] bytes, double[] numbers) {}

    private SlowReader() {}

    /** Reads a file that is whole; nonsense throws whatever it likes. */
    static Map<String, Stored> read(byte[] file) {
        ByteBuffer all = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(all.getLong(0));
        JsonObject header = JsonParser.parseString(new String(file, 8, length, StandardCharsets.UTF_8))
                .getAsJsonObject();
        Map<String, Stored> arrays = new LinkedHashMap<>();
        int[] owners = new int[file.length - 8 - length];
        for (var entry : header.entrySet()) {
            if (entry.getKey().equals("__metadata__")) continue;
            JsonObject said = entry.getValue().getAsJsonObject();
            String dtype = said.get("dtype").getAsString();
            long[] shape = longs(said.get("shape"));
            long[] offsets = longs(said.get("data_offsets"));
            int from = Math.toIntExact(8 + length + offsets[0]);
            int end = Math.toIntExact(8 + length + offsets[1]);
            byte[] bytes = Arrays.copyOfRange(file, from, end);
            for (int i = from; i < end; i++) owners[i - 8 - length]++;
            List<Double> numbers = new ArrayList<>();
            ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            while (data.hasRemaining()) numbers.add(number(data, dtype));
            arrays.put(
                    entry.getKey(),
                    new Stored(
                            dtype,
                            shape,
                            bytes,
                            numbers.stream().mapToDouble(Double::doubleValue).toArray()));
            long count = 1;
            for (long axis : shape) count *= axis;
            if (count != numbers.size()) throw new IllegalStateException(entry.getKey() + " has another size");
        }
        if (Arrays.stream(owners).anyMatch(count -> count != 1)) {
            throw new IllegalStateException("bytes that belong to none or to several arrays");
        }
        return arrays;
    }

    private static long[] longs(JsonElement array) {
        return array.getAsJsonArray().asList().stream()
                .mapToLong(JsonElement::getAsLong)
                .toArray();
    }

    private static double number(ByteBuffer data, String dtype) {
        return switch (dtype) {
            case "F64" -> data.getDouble();
            case "F32" -> data.getFloat();
            case "BF16" -> Float.intBitsToFloat(data.getShort() << 16);
            case "F16" -> half(data.getShort());
            case "I64" -> data.getLong();
            case "I32" -> data.getInt();
            case "I8" -> data.get();
            case "U8", "BOOL" -> data.get() & 255;
            default -> throw new IllegalStateException(dtype);
        };
    }

    private static double half(short bits) {
        double sign = bits < 0 ? -1 : 1;
        int exponent = bits >> 10 & 31;
        int mantissa = bits & 1023;
        if (exponent == 31) return mantissa == 0 ? sign / 0 : Double.NaN;
        return sign * (exponent == 0 ? mantissa * 0x1p-24 : (1024 + mantissa) * Math.pow(2, exponent - 25));
    }
}
