package vitune.data;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Data that cannot be used as it is; the message names the file, the place in it, what came and what was expected. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final String where;

    /**
     * An error in a file.
     *
     * @param where row and field, as "annotations[12].bbox" (rows count from 0), or line and column
     * @param came what stands there
     * @param expected what should stand there
     */
    public DataException(Path file, String where, String came, String expected) {
        this(file, where, came, expected, null);
    }

    /** An error in a file that another error brought to light. */
    public DataException(Path file, String where, String came, String expected, @Nullable Throwable cause) {
        super(file + ", " + where + ": got " + came + ", expected " + expected, cause);
        this.file = file;
        this.where = where;
    }

    /** The file or folder at fault. */
    public Path file() {
        return file;
    }

    /** Row and field, or line and column. */
    public String where() {
        return where;
    }
}
