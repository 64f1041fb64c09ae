package vitune.hub;

import org.jspecify.annotations.Nullable;

/** A model that cannot be brought here; the message names the model, what came, and what to do. It holds no token. */
public class HubException extends RuntimeException {
    private static final long serialVersionUID = 1;

    HubException(String message) {
        this(message, null);
    }

    HubException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
