package vitune.teach;

/** A teacher that gave no reply, with what to do about it. */
public final class TeacherException extends RuntimeException {
    private static final long serialVersionUID = 1;
    /** Whether every other request would fare the same. */
    private final boolean fatal;

    TeacherException(String message, boolean fatal, Throwable cause) {
        super(message, cause);
        this.fatal = fatal;
    }

    TeacherException(String message, boolean fatal) {
        super(message);
        this.fatal = fatal;
    }

    /** Whether every other request would fare the same (a wrong key, a spent quota), so that asking on is pointless. */
    public boolean fatal() {
        return fatal;
    }
}
