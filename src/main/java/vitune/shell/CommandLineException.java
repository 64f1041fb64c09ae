package vitune.shell;

/** A command line that a script cannot use: the exit code is 2. */
public final class CommandLineException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    CommandLineException(String message) {
        super(message);
    }
}
