package vitune.hub;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One model in the cache: {@code models--owner--name/{blobs,refs,snapshots/<commit>}}.
 *
 * <p>Source: the cache of huggingface_hub, whose files are ours and ours its own.
 */
final class Storage {
    static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private final Path cache;
    private final Path folder;
    private final String name;
    private final boolean symlinks;

    Storage(Path cache, ModelId model, boolean symlinks) {
        this.cache = cache;
        this.name = model.folder();
        this.folder = cache.resolve(name);
        this.symlinks = symlinks;
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    /** Where a file of a snapshot stands. */
    Path pointer(String commit, String file) {
        Path snapshot = snapshot(commit);
        Path pointer = snapshot.resolve(file).normalize();
        if (!pointer.startsWith(snapshot) || pointer.equals(snapshot)) {
            throw new HubException("a file of a snapshot must stand in it, got " + ModelId.quoted(file));
        }
        return pointer;
    }

    Path blob(String etag) {
        return folder.resolve("blobs").resolve(etag);
    }

    /** What has come of a blob. Not the name Python has for it: its locks do not keep ours out, nor ours its own. */
    Path part(String etag) {
        return folder.resolve("blobs").resolve(etag + ".vitune.incomplete");
    }

    Path lock(String etag) {
        return cache.resolve(".locks").resolve(name).resolve(etag + ".lock");
    }

    /** The commit that a revision stood for when it was last looked up, or null. */
    @Nullable
    String commit(String revision) throws IOException {
        if (COMMIT.matcher(revision).matches()) {
            return revision;
        }
        Path ref = ref(revision);
        if (!Files.isRegularFile(ref)) {
            return null;
        }
        String commit = Files.readString(ref).strip();
        return COMMIT.matcher(commit).matches() ? commit : null;
    }

    private Path ref(String revision) {
        return folder.resolve("refs").resolve(revision);
    }

    /** Notes what a revision stands for: after its files are there, so that no ref points to half a snapshot. */
    void remember(String revision, String commit) throws IOException {
        if (revision.equals(commit) || commit.equals(commit(revision))) {
            return;
        }
        Path ref = ref(revision);
        Files.createDirectories(ref.getParent());
        Path fresh = ref.resolveSibling(ref.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.writeString(fresh, commit);
            move(fresh, ref);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /**
     * What a snapshot lacks before it can be loaded: settings, tokenizer, a file of its processor, or weights. Where
     * there is no {@code model.safetensors}, an index names the shards.
     */
    List<String> missing(String commit) throws IOException {
        Path snapshot = snapshot(commit);
        List<String> missing = new ArrayList<>();
        for (String needed : Wanted.NEEDED) {
            if (!Files.exists(snapshot.resolve(needed))) {
                missing.add(needed);
            }
        }
        if (Wanted.PROCESSORS.stream().noneMatch(file -> Files.exists(snapshot.resolve(file)))) {
            missing.add(String.join(" or ", Wanted.PROCESSORS));
        }
        if (Files.exists(snapshot.resolve(Wanted.WHOLE))) {
            return missing;
        }
        Path index = snapshot.resolve(Wanted.INDEX);
        if (!Files.exists(index)) {
            missing.add(Wanted.WHOLE + " (or its shards and their index)");
            return missing;
        }
        for (String shard : shards(index)) {
            if (!Wanted.SHARD.matcher(shard).matches() || !Files.exists(snapshot.resolve(shard))) {
                missing.add(shard);
            }
        }
        return missing;
    }

    private static TreeSet<String> shards(Path index) throws IOException {
        try {
            var map = JsonParser.parseString(Files.readString(index))
                    .getAsJsonObject()
                    .getAsJsonObject("weight_map");
            var shards = new TreeSet<String>();
            for (JsonElement shard : map.asMap().values()) {
                shards.add(shard.getAsString());
            }
            return shards;
        } catch (JsonParseException
                | IllegalStateException
                | NullPointerException
                | ClassCastException
                | UnsupportedOperationException e) { // what Gson says of null, of an array, of an object
            throw new HubException(index + ": expected a JSON object with a weight_map of file names", e);
        }
    }

    /**
     * Makes a blob a file of a snapshot: a relative link, or where the system has none the file itself.
     *
     * @param fresh whether no other snapshot can need the blob yet
     */
    void link(Path pointer, Path blob, boolean fresh) throws IOException {
        Files.createDirectories(pointer.getParent());
        if (Files.isSymbolicLink(pointer)) {
            Files.delete(pointer); // it leads nowhere, or we would not be here
        }
        if (symlinks && linked(pointer, blob)) {
            return;
        }
        if (fresh) {
            move(blob, pointer);
        } else {
            Path copy = blob.resolveSibling(blob.getFileName() + "." + UUID.randomUUID() + ".tmp");
            try {
                Files.copy(blob, copy);
                move(copy, pointer);
            } finally {
                Files.deleteIfExists(copy);
            }
        }
    }

    private static boolean linked(Path pointer, Path blob) throws IOException {
        try {
            Files.createSymbolicLink(pointer, pointer.getParent().relativize(blob));
            return true;
        } catch (FileAlreadyExistsException e) {
            return Files.exists(pointer);
        } catch (UnsupportedOperationException | IOException e) {
            return false; // Windows without the right, FAT: the caller falls back, or fails with its own reason
        }
    }

    static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
