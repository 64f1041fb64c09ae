package vitune.hub;

import java.util.regex.Pattern;

/**
 * A repository on the hub, {@code owner/name} or {@code name} alone.
 *
 * <p>Source: {@code validate_repo_id} of huggingface_hub.
 */
record ModelId(String name) {
    private static final String PART = "\\w(?:[\\w.-]{0,94}\\w)?";
    private static final Pattern FORM = Pattern.compile("(?:" + PART + "/)?" + PART);
    /** A branch, a tag, a commit, refs/pr/1: no step up, no root, no separator of another system. */
    private static final Pattern REVISION = Pattern.compile("[\\w+@-][\\w.+@-]*(?:/[\\w+@-][\\w.+@-]*)*");

    static ModelId of(String name) {
        if (!isId(name)) {
            throw new IllegalArgumentException(
                    "a model must be owner/name as on the hub (letters, digits, '-', '_', '.';"
                            + " no '--' and no '..') or a folder with a config.json, got " + quoted(name));
        }
        return new ModelId(name);
    }

    static boolean isId(String name) {
        return FORM.matcher(name).matches() && !name.contains("--") && !name.contains("..") && !name.endsWith(".git");
    }

    static String revision(String revision) {
        if (!REVISION.matcher(revision).matches() || revision.contains("..") || revision.length() > 200) {
            throw new IllegalArgumentException(
                    "a revision must be a branch, a tag or a commit, as main, got " + quoted(revision));
        }
        return revision;
    }

    /** What came, on one line and of bearable length. */
    static String quoted(String came) {
        String line = came.replaceAll("\\p{Cntrl}", "?");
        return '"' + (line.length() > 120 ? line.substring(0, 120) + "..." : line) + '"';
    }

    /** The repository's folder in the cache. */
    String folder() {
        return "models--" + name.replace("/", "--");
    }

    @Override
    public String toString() {
        return name;
    }
}
