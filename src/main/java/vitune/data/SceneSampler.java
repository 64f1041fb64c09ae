package vitune.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Rolls the dice of one scene. */
final class SceneSampler {
    private static final int[] GROUPS = {1, 2, 2, 3, 3, 3};
    private static final int[] COUNTS = {1, 1, 1, 1, 1, 2, 2, 3, 3, 4};
    private static final int THINGS = 6; // most things in a scene
    private static final int GRID = 4; // things stand in cells of a grid, so that they never overlap
    private static final int CELL = Scene.SIDE / GRID;
    private static final int UNCLEAR = 3; // tenths of the scenes without a clear relation that are kept

    private final SplittableRandom random;
    private final Drawings drawings;

    SceneSampler(long seed, Drawings drawings) {
        this.random = new SplittableRandom(seed);
        this.drawings = drawings;
    }

    Scene scene(long seed, Pairs pairs) {
        Scene.Weather weather = Scene.Weather.values()[random.nextInt(4)];
        while (true) {
            int[] counts = new int[GROUPS[random.nextInt(GROUPS.length)]];
            int total = 0;
            for (int i = 0; i < counts.length; i++) {
                total += counts[i] = COUNTS[random.nextInt(COUNTS.length)];
            }
            if (total <= THINGS) {
                List<Scene.Group> groups = groups(counts, pairs);
                if (relationClear(groups) || random.nextInt(10) < UNCLEAR) {
                    return new Scene(weather, groups, seed);
                }
            }
        }
    }

    private List<Scene.Group> groups(int[] counts, Pairs pairs) {
        boolean heldOut = pairs == Pairs.HELD_OUT;
        List<Integer> cells = shuffled(GRID * GRID);
        List<Integer> kinds = shuffled(Scene.Kind.values().length);
        int surely = heldOut ? random.nextInt(counts.length) : -1;
        List<Scene.Group> groups = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            Scene.Kind kind = Scene.Kind.values()[kinds.get(i)];
            boolean held = i == surely || heldOut && random.nextBoolean();
            int shift = held ? 0 : pairs == Pairs.ANY ? random.nextInt(6) : 1 + random.nextInt(5);
            Scene.Colour colour = Scene.Colour.values()[(kind.heldOutColour().ordinal() + shift) % 6];
            boolean big = random.nextBoolean();
            List<Scene.Thing> things = new ArrayList<>();
            for (int j = 0; j < counts[i]; j++) {
                things.add(thing(kind, big, cells.remove(cells.size() - 1)));
            }
            groups.add(new Scene.Group(kind, colour, big, things));
        }
        return groups;
    }

    private Scene.Thing thing(Scene.Kind kind, boolean big, int cell) {
        int size = big ? 21 + random.nextInt(3) : 15 + random.nextInt(3);
        double[] extent = drawings.extent(kind, size);
        int x = cell % GRID * CELL + random.nextInt((int) (CELL - extent[0]) + 1);
        int y = cell / GRID * CELL + random.nextInt((int) (CELL - extent[1]) + 1);
        return new Scene.Thing(new Box(kind.label(), x, y, extent[0], extent[1]), random.nextBoolean());
    }

    private static boolean relationClear(List<Scene.Group> groups) {
        List<Box> single = groups.stream()
                .filter(g -> g.count() == 1)
                .map(g -> g.things().get(0).box())
                .toList();
        return single.size() < 2
                || single.stream()
                        .anyMatch(a -> single.stream()
                                .anyMatch(
                                        b -> a != b && !Captions.relation(a, b).isEmpty()));
    }

    private List<Integer> shuffled(int n) {
        return InstructionSet.shuffled(IntStream.range(0, n).boxed().toList(), random);
    }
}
