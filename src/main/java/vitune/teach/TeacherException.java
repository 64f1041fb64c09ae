package vitune.teach;

import org.jspecify.annotations.Nullable;

/** A teacher that gave no reply, with what to do about it. */
public final class TeacherException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final boolean fatal;
    private final int attempts;

    TeacherException(String message, boolean fatal, int attempts, @Nullable Throwable cause) {
        super(message, cause);
        this.fatal = fatal;
        this.attempts = attempts;
    }

    /** Whether every other request would fare the same (a wrong key, a spent quota), so that asking on is pointless. */
    public boolean fatal() {
        return fatal;
    }

    /** Calls made. */
    public int attempts() {
        return attempts;
    }
}
