package vitune.view;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The notebook kernel that runs this code: the kit's own, IJava or JJava. They share one display library under two
 * names, which is reached by reflection, so that none of them is needed to compile or to run.
 */
final class Notebook implements Screen {
    /** A kernel, where its instance is found, and the package of its display library. */
    private record Family(String type, String accessor, String library) {}

    private static final Family[] FAMILIES = {
        new Family("vitune.shell.NotebookKernel", "running", "io.github.spencerpark.jupyter.kernel."),
        new Family("io.github.spencerpark.ijava.IJava", "getKernelInstance", "io.github.spencerpark.jupyter.kernel."),
        new Family("org.dflib.jjava.jupyter.kernel.BaseKernel", "notebookKernel", "org.dflib.jjava.jupyter.kernel."),
    };

    private final String library;
    private final Object kernel;
    private final Class<?> data;

    Notebook(String library, Object kernel) throws ReflectiveOperationException {
        this.library = library;
        this.kernel = kernel;
        this.data = Class.forName(library + "display.DisplayData");
    }

    /** The kernel that runs this code, or null in JShell, scripts and tests. */
    static @Nullable Notebook running() {
        for (Family family : FAMILIES) {
            try {
                Object kernel = Class.forName(family.type())
                        .getMethod(family.accessor())
                        .invoke(null);
                if (kernel != null) {
                    return new Notebook(family.library(), kernel);
                }
            } catch (ReflectiveOperationException | LinkageError e) {
                continue; // not this family
            }
        }
        return null;
    }

    /** Teaches the kernel to render a type where it is the last value of a cell. */
    void register(Class<?> type, String mime) throws ReflectiveOperationException {
        Object renderer = call("getRenderer", kernel, "BaseKernel");
        Object registration =
                renderer.getClass().getMethod("createRegistration", Class.class).invoke(renderer, type);
        Class<?> function = Class.forName(library + "display.RenderFunction");
        Object proxy = Proxy.newProxyInstance(
                function.getClassLoader(),
                new Class<?>[] {function},
                (self, method, arguments) -> switch (method.getName()) {
                    case "render" -> {
                        fill(call("getOutputContainer", arguments[1], "display.RenderContext"), Shown.of(arguments[0]));
                        yield null;
                    }
                    case "equals" -> self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "renders " + type.getSimpleName();
                });
        registration.getClass().getMethod("preferring", String[].class).invoke(registration, (Object)
                new String[] {mime});
        registration.getClass().getMethod("register", function).invoke(registration, proxy);
    }

    @Override
    public void show(Shown shown) {
        send(null, shown, false);
    }

    @Override
    public boolean rewrites() {
        return true;
    }

    @Override
    public void show(String place, Shown shown, boolean again) {
        send(place, shown, again);
    }

    private void send(@Nullable String place, Shown shown, boolean again) {
        try {
            Object bundle = data.getConstructor().newInstance();
            fill(bundle, shown);
            System.out.flush(); // keeps printed lines before the picture
            Object io = call("getIO", kernel, "BaseKernel");
            Object stream = io.getClass().getField("display").get(io);
            Class<?> streams = Class.forName(library + "DisplayStream");
            if (place != null && again) {
                streams.getMethod("updateDisplay", String.class, data).invoke(stream, place, bundle);
                return;
            }
            if (place != null) {
                data.getMethod("setDisplayId", String.class).invoke(bundle, place);
            }
            streams.getMethod("display", data).invoke(stream, bundle);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the notebook kernel could not show " + shown.text(), e);
        }
    }

    private void fill(Object bundle, Shown shown) throws ReflectiveOperationException {
        Method put = data.getMethod("putData", String.class, Object.class);
        put.invoke(bundle, shown.mime(), shown.data());
        put.invoke(bundle, Shown.PLAIN, shown.text());
        if (shown.width() > 0) {
            Map<String, Object> size = new LinkedHashMap<>(Map.of("width", shown.width()));
            data.getMethod("putMetaData", String.class, Object.class).invoke(bundle, shown.mime(), size);
        }
    }

    private Object call(String method, Object target, String type) throws ReflectiveOperationException {
        try {
            return Class.forName(library + type).getMethod(method).invoke(target);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException(method + " failed", e.getCause());
        }
    }
}
