package vitune.teach;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitune.data.English;

/** What things are called, and where a sentence calls them so; never changed once it is made. */
final class Things {
    private static final Pattern TOKEN = Pattern.compile("[a-z0-9]+(?:['-][a-z0-9]+)*|[.,;:!?]");
    /** A few words in quotes are words: a sign that says "bus" is no bus. */
    private static final Pattern QUOTED =
            Pattern.compile("[\"“][^\"“”.!?]{1,30}[\"”]|(?<= )['‘][A-Za-z -]{1,30}['’](?=[ .,])");

    private static final Pattern SHORT_IS = Pattern.compile("\\b(there|it|that|here|what|where|he|she)'s\\b");
    private static final Pattern OWNER = Pattern.compile("'s\\b|s'(?=\\s)");

    private static final Pattern FUNCTION_WORD =
            Pattern.compile("[.,;:!?]|is|are|was|and|or|on|in|at|near|next|beside|with|to|of|from|that|which|can"
                    + "|here|there|behind|has"
                    + "|above|below|under|by|close|lies|sits|stands|appears|catches|not|nor"
                    + "|anywhere|visible|present");
    private static final Pattern DETERMINER =
            Pattern.compile("an?|the|one|no|some|each|every|another|any|single|another|this|that|its|\\d+");

    /** How close a name is to its categories. */
    enum Sense {
        /** It means just them. */
        SAME,
        /** It means some of them: "man". */
        KIND,
        /** It means more than them: "animal". */
        BROAD
    }

    /** A name for things; {@code weak} where it may be another word. */
    record Name(String text, Set<String> categories, Sense sense, boolean weak) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** A place where a sentence names things. */
    record Mention(Name name, boolean plural) {}

    /**
     * A sentence whose words are small and apart, with every mention written @0, @1 and so on.
     *
     * @param text as it came
     */
    record Said(String text, String words, List<Mention> mentions) {}

    private record Phrase(List<String> words, Mention mention) {}

    /** What these add to; null where they stand alone. */
    private final @Nullable Things base;

    private final Map<String, List<Phrase>> phrases = new HashMap<>();
    private final Set<String> heads;
    private final Set<String> onlyDrawn = new HashSet<>();
    private final Set<String> categories = new HashSet<>();

    private Things(Things base) {
        this.base = base;
        heads = base.heads;
    }

    /** COCO's categories, those of drawn scenes, and other names for both. */
    Things() {
        base = null;
        heads = new HashSet<>();
        for (var line : Lines.read("grounding/heads.txt")) heads.addAll(parts(line[0]));
        for (var line : Lines.read("grounding/things.txt")) {
            var first = line[0];
            char mark = first.charAt(0);
            if ("+-~".indexOf(mark) >= 0) {
                var sense = mark == '+' ? Sense.SAME : mark == '-' ? Sense.KIND : Sense.BROAD;
                for (var name : parts(first.substring(1))) add(name, new LinkedHashSet<>(parts(line[1])), sense);
                continue;
            }
            var category = mark == '*' ? first.substring(1) : first;
            if (mark == '*') onlyDrawn.add(category);
            categories.add(category);
            var same = line.length > 1 ? parts(line[1]) : List.<String>of();
            if (!same.contains(category + "?") && !category.matches("mouse|ball")) {
                add(category, Set.of(category), Sense.SAME);
            }
            same.forEach(name -> add(name, Set.of(category), Sense.SAME));
            if (line.length > 2) parts(line[2]).forEach(name -> add(name, Set.of(category), Sense.KIND));
        }
    }

    private static List<String> parts(String list) {
        return Arrays.stream(list.strip().split("\\s*,\\s*"))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private void add(String written, Set<String> categories, Sense sense) {
        boolean weak = written.endsWith("?");
        var singular = (weak ? written.substring(0, written.length() - 1) : written).split("/")[0];
        int slash = written.indexOf('/');
        var plural = slash > 0
                ? written.substring(slash + 1)
                : singular.matches(".*[^u]man") ? singular.replaceAll("an$", "en") : English.plural(singular);
        var name = new Name(singular, Set.copyOf(categories), sense, weak);
        phrase(plural, new Mention(new Name(singular, name.categories, sense, false), true));
        phrase(singular, new Mention(name, plural.equals(singular)));
    }

    private void phrase(String words, Mention mention) {
        var list = List.of(words.toLowerCase(Locale.ROOT).split(" +"));
        var of = new ArrayList<>(phrases(list.get(0))); // a copy: the base keeps its own
        if (of.stream().anyMatch(p -> p.words.equals(list))) return;
        of.add(new Phrase(list, mention));
        of.sort(Comparator.comparing(p -> -p.words.size())); // the longest name that stands there counts
        phrases.put(list.get(0), of);
    }

    /** The phrases that begin with a word, the longest first. */
    private List<Phrase> phrases(String word) {
        var own = phrases.get(word);
        if (own != null) return own;
        return base == null ? List.of() : base.phrases(word);
    }

    private boolean has(String category) {
        return categories.contains(category) || base != null && base.has(category);
    }

    private boolean onlyDrawn(String category) {
        return onlyDrawn.contains(category) || base != null && base.onlyDrawn(category);
    }

    /** With names for categories that boxes bring along; whether a photograph lacks them, nobody has looked. */
    Things with(Set<String> boxes) {
        var added = new TreeSet<>(boxes);
        added.removeIf(this::has);
        if (added.isEmpty()) return this;
        var more = new Things(this);
        for (var category : added) {
            more.categories.add(category);
            more.onlyDrawn.add(category);
            // "cabinet/shelf" is either; the table's own signs mean nothing in a category
            for (var word : category.toLowerCase(Locale.ROOT).replace("?", "").split("/")) {
                if (!word.isBlank()) more.add(word.strip(), Set.of(category), Sense.SAME);
            }
        }
        return more;
    }

    /** Whether a photograph without a box for it is known to be without it. */
    boolean lookedFor(Name name) {
        return name.categories.stream().anyMatch(category -> !onlyDrawn(category));
    }

    /** Reads one sentence. */
    Said read(String sentence) {
        var tokens = tokens(sentence);
        var words = new ArrayList<String>();
        var mentions = new ArrayList<Mention>();
        for (int i = 0; i < tokens.size(); ) {
            var phrase = phrase(tokens, i);
            if (phrase.isEmpty()) {
                words.add(tokens.get(i++));
                continue;
            }
            int end = i + phrase.get().words.size();
            if (counts(phrase.get().mention, tokens, i, end)) {
                words.add("@" + mentions.size());
                mentions.add(phrase.get().mention);
            } else {
                words.addAll(tokens.subList(i, end));
            }
            i = end;
        }
        return new Said(sentence, String.join(" ", words), mentions);
    }

    private Optional<Phrase> phrase(List<String> tokens, int at) {
        for (var phrase : phrases(tokens.get(at))) {
            int end = at + phrase.words.size();
            if (end <= tokens.size() && tokens.subList(at, end).equals(phrase.words)) return Optional.of(phrase);
        }
        return Optional.empty();
    }

    /** "bus stop" and "dog bowl" name no bus and no dog; "remote hills" no remote. */
    private boolean counts(Mention mention, List<String> tokens, int start, int end) {
        var next = end < tokens.size() ? tokens.get(end) : ".";
        if (!mention.plural && heads.contains(next)) return false;
        if (!mention.plural && end < tokens.size() && phrase(tokens, end).isPresent()) return false;
        if (!mention.name.weak) return true;
        var before = start > 0 ? tokens.get(start - 1) : "";
        var two = start > 1 ? tokens.get(start - 2) : "";
        boolean direct = DETERMINER.matcher(before).matches();
        boolean near = DETERMINER.matcher(two).matches() && !before.matches("to|can|will|not|is|are|and|or");
        boolean adjective = mention.name.text.matches("remote|orange");
        return (direct || near) && (!adjective || FUNCTION_WORD.matcher(next).matches());
    }

    /** Small words, short forms written out. */
    static List<String> tokens(String sentence) {
        var text = QUOTED.matcher(sentence)
                .replaceAll("quote")
                .toLowerCase(Locale.ROOT)
                .replace('’', '\'')
                .replace("cannot", "can not");
        if (text.indexOf('\'') >= 0) text = writtenOut(text);
        return TOKEN.matcher(text).results().map(MatchResult::group).toList();
    }

    private static String writtenOut(String text) {
        text = SHORT_IS.matcher(text).replaceAll("$1 is");
        text = text.replace("can't", "can not")
                .replace("won't", "will not")
                .replace("n't", " not")
                .replace("'re", " are")
                .replace("'ve", " have")
                .replace("'ll", " will")
                .replace("i'm", "i am");
        return OWNER.matcher(text).replaceAll("");
    }
}
