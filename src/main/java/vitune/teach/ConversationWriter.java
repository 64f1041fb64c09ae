package vitune.teach;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import vitune.data.English;
import vitune.data.Turn;
import vitune.teach.SymbolicPicture.Group;

/**
 * The built-in teacher's conversations: six to eight questions with answers of one word, as many yes as no.
 *
 * <p>A thing is asked for ("is there a car?") before any other question gives it away, and a description comes last:
 * the answer is always in the picture, never in the turns before.
 */
final class ConversationWriter {
    private static final int FEWEST = 6, MOST = 8, MOST_RELATIONS = 3, MOST_COUNTED = 4;

    private final Kinds kinds;
    private final DescriptionWriter descriptions;
    private final Map<String, List<String>> wordings = new LinkedHashMap<>();

    /** A turn, the things it names, and whether it asks if the first of them is there and it is. */
    private record Item(Turn turn, List<String> names, boolean asksForPresent) {}

    ConversationWriter(Kinds kinds, DescriptionWriter descriptions) {
        this.kinds = kinds;
        this.descriptions = descriptions;
        for (var line : Lines.read("builtin/questions.txt")) {
            wordings.computeIfAbsent(line[0], kind -> new ArrayList<>()).add(line[1]);
        }
    }

    List<Turn> write(SymbolicPicture picture, SplittableRandom random) {
        var groups = shuffled(picture.groups(), random);
        var present = new ArrayDeque<>(groups);
        var absent = new ArrayDeque<>(shuffled(kinds.absent(picture), random));
        int wanted = FEWEST + random.nextInt(MOST - FEWEST + 1);
        var items = new ArrayList<Item>();
        presence(present, absent, items, random);
        List<Deque<Item>> pools = List.of(relations(groups, random), colours(groups, random), counts(groups, random));
        boolean more = true;
        while (more) {
            more = false;
            for (var pool : pools) {
                if (items.size() < wanted && !pool.isEmpty()) more = items.add(pool.pop());
            }
        }
        if (items.size() < FEWEST && picture.weather() != null) weather(picture.weather(), items, random);
        if (items.size() + 2 <= wanted) presence(present, absent, items, random);
        var turns = ordered(shuffled(items, random)).stream()
                .map(Item::turn)
                .collect(Collectors.toCollection(ArrayList::new));
        if (turns.size() < 3 || random.nextInt(MOST) == 0) {
            turns.add(new Turn(wording("describe", random), descriptions.summary(picture)));
        }
        return turns;
    }

    /** Questions alone, each with an answer of one word. */
    List<Turn> questions(SymbolicPicture picture, SplittableRandom random) {
        return write(picture, random).stream()
                .filter(turn -> turn.response().indexOf(' ') < 0)
                .limit(6)
                .toList();
    }

    /** One thing that is there and one that is not. */
    private void presence(Deque<Group> present, Deque<String> absent, List<Item> items, SplittableRandom random) {
        if (present.isEmpty() || absent.isEmpty()) return;
        for (var name : List.of(present.peek().name(), absent.peek())) {
            boolean there = name.equals(present.peek().name());
            var words = Map.of("a", English.a(name), "s", name, "p", English.plural(name));
            items.add(item("presence", words, there ? "yes" : "no", List.of(name), there, random));
        }
        present.pop();
        absent.pop();
    }

    /** First each pair from one side by chance, then from the other. */
    private Deque<Item> relations(List<Group> groups, SplittableRandom random) {
        var pairs = new ArrayList<List<Group>>();
        for (int i = 0; i < groups.size(); i++) {
            for (int j = 0; j < i; j++) pairs.add(shuffled(List.of(groups.get(i), groups.get(j)), random));
        }
        var items = new ArrayDeque<Item>();
        for (int side = 0; side < 2; side++) {
            for (var pair : shuffled(pairs, random)) {
                Group a = pair.get(side), b = pair.get(1 - side);
                var where = SymbolicPicture.relation(a, b);
                if (where.isEmpty() || items.size() == MOST_RELATIONS) continue;
                items.add(item(
                        "relation",
                        Map.of("A", a.name(), "B", b.name()),
                        where.get(),
                        List.of(a.name(), b.name()),
                        false,
                        random));
            }
        }
        return items;
    }

    private Deque<Item> colours(List<Group> groups, SplittableRandom random) {
        var items = new ArrayDeque<Item>();
        for (var g : groups) {
            if (g.colour().isEmpty()) continue;
            var words = Map.of("t", g.noun(), "is", g.is());
            items.add(item("colour", words, g.colour(), List.of(g.name()), false, random));
        }
        return items;
    }

    private Deque<Item> counts(List<Group> groups, SplittableRandom random) {
        var items = new ArrayDeque<Item>();
        for (var g : groups) {
            if (g.count() < 1 || g.count() > MOST_COUNTED) continue;
            var words = Map.of("p", English.plural(g.name()));
            items.addFirst(item("count", words, NumberWords.of(g.count()), List.of(g.name()), false, random));
        }
        return items;
    }

    /** One yes and one no. */
    private void weather(String weather, List<Item> items, SplittableRandom random) {
        var other =
                SymbolicPicture.WEATHERS.get((SymbolicPicture.WEATHERS.indexOf(weather) + 1 + random.nextInt(3)) % 4);
        items.add(item("weather", Map.of("w", weather), "yes", List.of(), false, random));
        items.add(item("weather", Map.of("w", other), "no", List.of(), false, random));
    }

    private Item item(
            String kind,
            Map<String, String> words,
            String answer,
            List<String> names,
            boolean present,
            SplittableRandom random) {
        var question = wording(kind, random);
        for (var word : words.entrySet()) question = question.replace("{" + word.getKey() + "}", word.getValue());
        return new Item(new Turn(English.capital(question), answer), names, present);
    }

    private String wording(String kind, SplittableRandom random) {
        var choice = wordings.getOrDefault(kind, List.of());
        return choice.get(random.nextInt(choice.size()));
    }

    /** Moves each question for a present thing before the first turn that names it. */
    private static List<Item> ordered(List<Item> items) {
        for (int i = 0; i < items.size(); i++) {
            var item = items.get(i);
            if (!item.asksForPresent) continue;
            for (int j = 0; j < i; j++) {
                if (items.get(j).names.contains(item.names.get(0))) {
                    items.add(j, items.remove(i));
                    break;
                }
            }
        }
        return items;
    }

    static <T> List<T> shuffled(List<T> list, SplittableRandom random) {
        var copy = new ArrayList<>(list);
        for (int i = copy.size() - 1; i > 0; i--) Collections.swap(copy, i, random.nextInt(i + 1));
        return copy;
    }
}
