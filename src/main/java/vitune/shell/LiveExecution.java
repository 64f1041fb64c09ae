package vitune.shell;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import jdk.jshell.execution.LocalExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/**
 * Runs snippets in this process, keeps the value itself rather than its text, and can stop a snippet that never ends.
 */
final class LiveExecution extends LocalExecutionControl implements ExecutionControlProvider {
    private static final long GRACE_MILLIS = 3000;
    private static final int MOST_GRACES = 200; // ten minutes
    /** The engine calls static methods only, each in a thread of its own, which inherits the call it is to make. */
    private static final InheritableThreadLocal<Call> CALL = new InheritableThreadLocal<>();

    private volatile @Nullable Call current;

    @Override
    public String name() {
        return "live";
    }

    @Override
    public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
        return this;
    }

    /** The value of the last snippet that ran; asked once. */
    @Nullable
    Object takeValue() {
        Call call = current;
        current = null;
        return call == null ? null : call.value;
    }

    @Override
    protected String invoke(Method snippet) throws Exception {
        var call = new Call(snippet);
        current = call;
        CALL.set(call);
        try {
            Method run = Call.class.getDeclaredMethod("run");
            run.setAccessible(true);
            return super.invoke(run);
        } finally {
            CALL.remove();
        }
    }

    /**
     * An interrupt first, which a well-mannered loop answers by closing what it holds; the engine's hard stop after
     * that. A training step may take its time to end, and the run saves its state then: it is waited for.
     */
    @Override
    public void stop() throws EngineTerminationException, InternalException {
        Call call = current;
        Thread thread = call == null ? null : call.thread;
        if (thread != null && thread.isAlive()) {
            thread.interrupt();
            try {
                thread.join(GRACE_MILLIS);
                for (int i = 1; i < MOST_GRACES && trains(thread.getStackTrace()); i++) thread.join(GRACE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        super.stop();
    }

    static boolean trains(StackTraceElement[] stack) {
        return Arrays.stream(stack).anyMatch(frame -> frame.getClassName().equals("vitune.tune.Tuner"));
    }

    private static final class Call {
        private final Method snippet;
        private volatile @Nullable Thread thread;
        private volatile @Nullable Object value;

        Call(Method snippet) {
            this.snippet = snippet;
        }

        static String run() throws Throwable {
            Call call = CALL.get();
            CALL.remove();
            call.thread = Thread.currentThread();
            try {
                call.value = call.snippet.invoke(null);
                return "";
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
