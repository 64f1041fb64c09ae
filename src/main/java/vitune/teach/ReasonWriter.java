package vitune.teach;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import vitune.data.English;
import vitune.data.Turn;
import vitune.teach.SymbolicPicture.Group;

/** The built-in teacher's reasoning: what weather, use and danger mean for the things in the picture, and why. */
final class ReasonWriter {
    /** What must be in the picture, the question, the answer. */
    private record Reason(List<String> needs, Turn turn) {}

    private final List<Reason> reasons = Lines.read("builtin/reasons.txt").stream()
            .map(line -> new Reason(Arrays.asList(line[0].split(",\\s*")), new Turn(line[1], line[2])))
            .toList();

    Turn write(SymbolicPicture picture, SplittableRandom random) {
        var fitting = reasons.stream()
                .filter(r -> r.needs.stream().allMatch(need -> holds(need, picture)))
                .toList();
        var ofThings = fitting.stream()
                .filter(r ->
                        r.needs.stream().anyMatch(need -> picture.group(need).isPresent()))
                .toList();
        var pool = ofThings.isEmpty() || random.nextInt(3) == 0 ? fitting : ofThings;
        return pool.isEmpty() ? mostly(picture) : pool.get(random.nextInt(pool.size())).turn;
    }

    /** All that it would answer to this question about this picture; none where no rule speaks of it. */
    List<String> answers(String question, SymbolicPicture picture) {
        return Stream.concat(
                        reasons.stream()
                                .filter(r -> r.needs.stream().allMatch(need -> holds(need, picture)))
                                .map(Reason::turn),
                        Stream.of(mostly(picture)))
                .filter(turn -> turn.instruction().equalsIgnoreCase(question.strip()))
                .map(Turn::response)
                .toList();
    }

    /** A weather, or a thing that is there once. */
    private static boolean holds(String need, SymbolicPicture picture) {
        return need.equals(picture.weather())
                || picture.group(need).filter(g -> g.count() == 1).isPresent();
    }

    /** For pictures that no rule speaks of. */
    private static Turn mostly(SymbolicPicture picture) {
        var most = picture.groups().stream().max(Comparator.comparingDouble(Group::area));
        var answer = most.map(g -> English.sentence(g.the() + ", because " + (g.count() == 1 ? "it takes" : "they take")
                        + " up the most room in the picture"))
                .orElse("It is hard to say, because there is little to see.");
        return new Turn("What is this picture mostly about?", answer);
    }
}
