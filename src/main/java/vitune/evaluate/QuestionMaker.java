package vitune.evaluate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.data.ImageContext;
import vitune.data.Question;

/** Makes balanced questions from the things in pictures; one use only. */
final class QuestionMaker {
    private static final List<String> COUNTS = List.of("one", "two", "three", "four");
    // an answer with less than this part of what is wanted of each is left out
    private static final double TOO_RARE = 0.25;

    /** A question before it is worded. */
    private record Draft(
            Path image,
            String category,
            int count,
            @Nullable String other,
            String answer) {
        static Draft of(Mention about, @Nullable String answer) {
            return new Draft(
                    about.picture().image(), about.category(), about.count(), null, Objects.requireNonNull(answer));
        }
    }

    private final List<ImageContext> pictures;
    private final List<List<Mention>> scenes; // what is in each picture
    private final int perKind;
    private final Random random;
    private final Predicate<Mention> asked;
    private final Wordings wordings = Wordings.heldOut();
    private final List<Question> questions = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    QuestionMaker(List<ImageContext> pictures, int perKind, long seed, Predicate<Mention> asked) {
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("questions need pictures, got none");
        }
        if (perKind < 2) {
            throw new IllegalArgumentException("perKind must be >= 2, got " + perKind);
        }
        this.pictures = List.copyOf(pictures);
        this.scenes = pictures.stream().map(Mention::in).toList();
        this.perKind = perKind;
        this.random = new Random(seed);
        this.asked = asked;
    }

    Questions questions() {
        add("presence", 2, presence());
        add("colour", 0, mentions().filter(m -> m.colour() != null).map(m -> Draft.of(m, m.colour())));
        add(
                "count",
                COUNTS.size(),
                mentions().filter(m -> m.count() <= COUNTS.size()).map(m -> Draft.of(m, COUNTS.get(m.count() - 1))));
        add("relation", 4, scenes.stream().flatMap(this::relations));
        return new Questions(questions, notes);
    }

    private Stream<Mention> mentions() {
        return scenes.stream().flatMap(List::stream).filter(asked);
    }

    /** For each yes, a no about the same category in a picture without it: the category alone tells nothing. */
    private Stream<Draft> presence() {
        List<Draft> drafts = new ArrayList<>();
        Set<Draft> taken = new HashSet<>();
        for (Draft there :
                spread(mentions().map(mention -> Draft.of(mention, "yes")).toList())) {
            int start = random.nextInt(scenes.size());
            for (int i = 0; i < scenes.size() && drafts.size() < perKind; i++) {
                int at = (start + i) % scenes.size();
                Draft absent = new Draft(pictures.get(at).image(), there.category(), 0, null, "no");
                if (scenes.get(at).stream().noneMatch(m -> m.category().equals(there.category()))
                        && taken.add(absent)) {
                    drafts.add(there);
                    drafts.add(absent);
                    break;
                }
            }
        }
        return drafts.stream();
    }

    /** Every clear relation between two single things of a scene, seen from either. */
    private Stream<Draft> relations(List<Mention> scene) {
        return scene.stream()
                .filter(asked)
                .flatMap(about -> scene.stream()
                        .filter(other -> other != about && about.from(other) != null)
                        .map(other -> new Draft(
                                about.picture().image(),
                                about.category(),
                                1,
                                other.category(),
                                Objects.requireNonNull(about.from(other)))));
    }

    /** Words as many drafts of each answer; wordings take turns within an answer, so that they tell nothing either. */
    private void add(String kind, int possible, Stream<Draft> candidates) {
        Map<String, List<Draft>> answers =
                candidates.collect(Collectors.groupingBy(Draft::answer, TreeMap::new, Collectors.toList()));
        int share = Math.max(1, perKind / Math.max(1, Math.max(possible, answers.size())));
        int wanted = Math.min(
                share, answers.values().stream().mapToInt(List::size).max().orElse(0));
        List<String> rare = answers.keySet().stream()
                .filter(a -> answers.get(a).size() < TOO_RARE * wanted)
                .toList();
        rare.forEach(answers::remove);
        if (answers.size() < 2) {
            notes.add("no " + kind + " questions: the pictures give too little material");
            return;
        }
        if (!rare.isEmpty()) {
            notes.add(kind + ": too few pictures for the answer " + String.join(", ", rare));
        }
        int fewest = answers.values().stream().mapToInt(List::size).min().orElseThrow();
        int each = Math.min(fewest, Math.max(1, perKind / answers.size()));
        if (each * answers.size() < perKind / answers.size() * answers.size()) {
            notes.add(kind + ": " + each * answers.size() + " questions instead of " + perKind
                    + ", an even share for each answer");
        }
        List<Question> worded = new ArrayList<>();
        for (List<Draft> drafts : answers.values()) {
            List<Draft> chosen = spread(drafts).subList(0, each);
            for (int i = 0; i < each; i++) {
                worded.add(word(kind, chosen.get(i), i));
            }
        }
        Collections.shuffle(worded, random);
        for (int i = 0; i < worded.size(); i++) {
            Question q = worded.get(i);
            String id = String.format(Locale.ROOT, "%s-%03d", kind, i + 1);
            questions.add(new Question(id, q.image(), kind, q.text(), q.answer()));
        }
    }

    private Question word(String kind, Draft draft, int turn) {
        List<String> templates = wordings.of(kind);
        String text =
                Wordings.fill(templates.get(turn % templates.size()), draft.category(), draft.count(), draft.other());
        return new Question("draft", draft.image(), kind, text, draft.answer());
    }

    /** Shuffled, but each picture comes up once before any comes up again. */
    private List<Draft> spread(List<Draft> drafts) {
        List<Draft> shuffled = new ArrayList<>(drafts);
        Collections.shuffle(shuffled, random);
        Map<Path, Integer> seen = new HashMap<>();
        Map<Draft, Integer> turn = new HashMap<>();
        shuffled.forEach(draft -> turn.put(draft, seen.merge(draft.image(), 1, Integer::sum)));
        shuffled.sort(Comparator.comparing(turn::get));
        return shuffled;
    }
}
