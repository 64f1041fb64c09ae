package vitune.hub;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the id of a model on the Hugging Face hub into a folder on this machine, and downloads what is missing.
 *
 * <pre>{@code
 * Path folder = Hub.ofEnvironment().folder("Salesforce/blip2-opt-2.7b");
 * }</pre>
 *
 * <p>The cache is the one of Python's huggingface_hub, to the link: what either has brought, the other finds. Brought is
 * what a model needs to be loaded: settings, tokenizer, and weights as safetensors, never as pickle. A cut download goes
 * on where it stopped, in a later call too, and each file is checked against its hash before it is seen. Several
 * threads and processes may ask for the same model at once; a half that Python left is not continued, nor ours by it,
 * since neither's locks keep the other out. A proxy is the JVM's ({@code -Dhttps.proxyHost}).
 *
 * <p>Source: {@code snapshot_download} of huggingface_hub. <i>Differs:</i> a ref is written after the files it stands
 * for, not before, so that it never points to half a model.
 */
public final class Hub {
    private final HubSettings settings;
    private final Patience patience;
    private final Consumer<Download> listener;

    private Hub(HubSettings settings, Patience patience, Consumer<Download> listener) {
        this.settings = settings;
        this.patience = patience;
        this.listener = listener;
    }

    /**
     * The hub as the environment names it.
     *
     * <ul>
     *   <li>{@code HF_HUB_CACHE}: the cache; default {@code hub} in {@code HF_HOME}, whose default is
     *       {@code ~/.cache/huggingface}
     *   <li>{@code HF_ENDPOINT}: the hub's address; default {@code https://huggingface.co}
     *   <li>{@code HF_TOKEN}: for gated and private models; default the content of the file {@code HF_HOME/token}
     *   <li>{@code HF_HUB_OFFLINE}: 1, on, yes or true to use the cache alone
     * </ul>
     *
     * @throws IllegalArgumentException if the endpoint or the token has not the form of one
     */
    public static Hub ofEnvironment() {
        return of(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    static Hub of(Map<String, String> environment, Path home) {
        return new Hub(HubSettings.of(environment, home), Patience.STANDARD, download -> {});
    }

    /** The same hub with another cache, the folder that holds {@code models--owner--name}. */
    public Hub withCache(Path folder) {
        return with(settings.withCache(folder));
    }

    /**
     * The same hub at another address, for example a mirror.
     *
     * @param address {@code http://} or {@code https://}, a host, and a path if need be
     * @throws IllegalArgumentException if it is not of that form
     */
    public Hub withEndpoint(String address) {
        return with(settings.withEndpoint(address));
    }

    /**
     * The same hub asked with another token; it is sent to the hub's own address only, and stands in no message.
     *
     * @param token printable ASCII without blanks; empty for none
     * @throws IllegalArgumentException if it is not of that form
     */
    public Hub withToken(String token) {
        return with(settings.withToken(token));
    }

    /** The same hub that uses the network (false) or the cache alone (true). */
    public Hub withOffline(boolean offline) {
        return with(settings.withOffline(offline));
    }

    private Hub with(HubSettings other) {
        return new Hub(other, patience, listener);
    }

    Hub withPatience(Patience other) {
        return new Hub(settings, other, listener);
    }

    /** The same hub that also tells a listener how far each download is: about once a MiB, and at the end of a file. */
    public Hub onProgress(Consumer<Download> listener) {
        return new Hub(settings, patience, this.listener.andThen(listener));
    }

    /**
     * A model's folder: the one named, if it is a folder with a {@code config.json}, else that of a model on the hub, at
     * its revision {@code main}.
     *
     * @param idOrFolder {@code owner/name}, {@code name}, or the path of a folder
     * @throws IllegalArgumentException if it is neither
     * @throws HubException if the model cannot be brought
     * @throws CancellationException if the thread is interrupted; the next call goes on from there
     */
    public Path folder(String idOrFolder) {
        Path folder = existing(idOrFolder);
        if (folder != null && Files.exists(folder.resolve("config.json"))) {
            return folder;
        }
        if (folder != null && !ModelId.isId(idOrFolder)) {
            throw new IllegalArgumentException("the folder " + folder + " must hold a model, but has no config.json");
        }
        try {
            return folder(idOrFolder, "main");
        } catch (HubException e) {
            if (folder != null) throw e;
            throw new HubException(e.getMessage() + "; and there is no folder " + idOrFolder + " here", e);
        }
    }

    private static @Nullable Path existing(String folder) {
        try {
            return !folder.isBlank() && Files.isDirectory(Path.of(folder)) ? Path.of(folder) : null;
        } catch (InvalidPathException noPath) {
            return null;
        }
    }

    /**
     * The folder of a model on the hub, with all that it needs to be loaded.
     *
     * <p>Where the hub cannot be reached, or does not let us in, a complete model of the same revision in the cache
     * serves.
     *
     * @param id {@code owner/name} or {@code name}
     * @param revision a branch, a tag or a commit
     * @throws IllegalArgumentException if the id or the revision has not the form of one
     * @throws HubException if there is no such model or it may not be read, if it has no {@code tokenizer.json}, if its weights are only there as pickle, if
     *     a file comes damaged, if there is no room for it, or if offline the cache does not have it
     * @throws CancellationException if the thread is interrupted; the next call goes on from there
     */
    public Path folder(String id, String revision) {
        var model = ModelId.of(id);
        ModelId.revision(revision);
        var storage = new Storage(settings.cache(), model, settings.symlinks());
        try {
            return settings.offline() ? offline(model, revision, storage) : online(model, revision, storage);
        } catch (InterruptedException | ClosedByInterruptException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException(
                    "interrupted while bringing " + id + ": what has come is kept, the next call goes on from there");
        } catch (IOException e) {
            throw new HubException(id + ": cannot use the cache " + settings.cache() + " (" + e + ")", e);
        }
    }

    private Path offline(ModelId model, String revision, Storage storage) throws IOException {
        String commit = storage.commit(revision);
        List<String> missing = commit == null ? List.of("refs/" + revision) : storage.missing(commit);
        if (commit != null && missing.isEmpty()) {
            return storage.snapshot(commit);
        }
        throw new HubException(model + " (revision " + revision + ") is not whole in the cache " + settings.cache()
                + ", missing " + String.join(", ", missing)
                + ", and nothing is downloaded offline: unset HF_HUB_OFFLINE, or fill the cache first");
    }

    private Path online(ModelId model, String revision, Storage storage) throws IOException, InterruptedException {
        String known = storage.commit(revision);
        boolean whole = known != null && storage.missing(known).isEmpty();
        var web = new Web(settings.endpoint(), settings.token(), patience.silence());
        var remote = new Remote(web, model, revision);
        Remote.Listing listing;
        try {
            var tries = whole ? patience.once() : patience;
            listing = tries.keepTrying("cannot look up " + model + " at " + settings.endpoint(), t -> remote.list());
        } catch (Unreachable e) {
            if (known != null && whole) {
                return storage.snapshot(known);
            }
            throw e;
        }
        String commit = listing.commit();
        var fetch = new Fetch(remote, storage, commit, patience, listener);
        for (String file : Wanted.of(model, listing.files())) {
            fetch.file(file);
        }
        List<String> missing = storage.missing(commit);
        if (!missing.isEmpty()) {
            throw new HubException(
                    model + " (commit " + commit + ") is not whole on the hub: missing " + String.join(", ", missing));
        }
        storage.remember(revision, commit);
        return storage.snapshot(commit);
    }

    /** Where models come from and go to; not the token. */
    @Override
    public String toString() {
        return "hub " + settings.endpoint() + ", cache " + settings.cache() + (settings.offline() ? ", offline" : "");
    }
}
