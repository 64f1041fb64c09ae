package vitune.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tables with tabs between the fields, read row by row. A field in quotes may hold tabs, line breaks and, doubled,
 * quotes, as spreadsheets and pandas write them.
 */
final class TsvRows {
    /** One row by column, and where it stands: "row 1" is the first after the header. */
    record Row(Path file, String at, Map<String, String> fields) {
        /** A field without white space around it, "" if the column is absent or the field empty. */
        String textOrNone(String column) {
            return fields.getOrDefault(column, "").strip();
        }

        String text(String column) {
            String text = textOrNone(column);
            if (text.isEmpty()) {
                throw error(column, fields.containsKey(column) ? "nothing" : "no such column", "a text");
            }
            return text;
        }

        long whole(String column) {
            try {
                return Long.parseLong(text(column).replaceFirst("\\.0+$", "")); // pandas: 7 becomes 7.0 beside a gap
            } catch (NumberFormatException e) {
                throw error(column, text(column), "a whole number");
            }
        }

        DataException error(String column, String came, String expected) {
            return new DataException(file, at + "." + column, came, expected);
        }
    }

    private final BufferedReader reader;
    private final StringBuilder field = new StringBuilder();

    private TsvRows(BufferedReader reader) {
        this.reader = reader;
    }

    static void each(Path file, Consumer<Row> use) {
        JsonFile.guarded(file, () -> {
            try (BufferedReader reader = Files.newBufferedReader(file)) {
                TsvRows rows = new TsvRows(reader);
                List<String> header = rows.next();
                if (header.isEmpty()) {
                    throw new DataException(file, "header", "nothing", "names of columns");
                }
                header.set(0, header.get(0).replace("\ufeff", ""));
                int number = 0;
                for (List<String> row = rows.next(); !row.isEmpty(); row = rows.next()) {
                    number++;
                    if (row.size() != header.size()) {
                        throw new DataException(
                                file, "row " + number, row.size() + " fields", header.size() + ", as in the header");
                    }
                    Map<String, String> fields = new LinkedHashMap<>();
                    for (int i = 0; i < row.size(); i++) {
                        fields.put(header.get(i), row.get(i));
                    }
                    use.accept(new Row(file, "row " + number, fields));
                }
            }
            return file;
        });
    }

    /** The fields of the next row that is not empty; none at the end. */
    private List<String> next() throws IOException {
        List<String> fields = new ArrayList<>();
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            if (c == '"' && field.isEmpty()) {
                quoted();
            } else if (c == '\t') {
                end(fields);
            } else if (c == '\n') {
                if (!fields.isEmpty() || !field.isEmpty()) {
                    end(fields);
                    return fields;
                }
            } else if (c != '\r') {
                field.append((char) c);
            }
        }
        if (!fields.isEmpty() || !field.isEmpty()) {
            end(fields);
        }
        return fields;
    }

    private void end(List<String> fields) {
        fields.add(field.toString());
        field.setLength(0);
    }

    private void quoted() throws IOException {
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            if (c == '"') {
                reader.mark(1);
                if (reader.read() != '"') {
                    reader.reset();
                    return;
                }
            }
            field.append((char) c);
        }
    }
}
