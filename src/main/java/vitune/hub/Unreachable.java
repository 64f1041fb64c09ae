package vitune.hub;

import org.jspecify.annotations.Nullable;

/** The hub does not answer, or not to us: what the cache holds may serve instead. */
final class Unreachable extends HubException {
    private static final long serialVersionUID = 1;

    Unreachable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
