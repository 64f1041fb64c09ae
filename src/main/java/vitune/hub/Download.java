package vitune.hub;

/**
 * How far the download of one file is.
 *
 * @param file its name in the repository, for example {@code model-00001-of-00002.safetensors}
 * @param bytes bytes on this machine, those of an earlier, cut download included
 * @param total bytes in all; where the server names no length, those that have come
 */
public record Download(String file, long bytes, long total) {}
