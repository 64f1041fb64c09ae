package vitune.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import vitune.tune.Step;

class ProgressTest {
    private static final long SECOND = 1_000_000_000;

    private final long[] clock = {0};
    private final List<String> shown = new ArrayList<>();
    private final Screen screen = new Screen() {
        @Override
        public void show(Shown what) {
            shown.add(what.text());
        }

        @Override
        public boolean rewrites() {
            return true;
        }

        @Override
        public void show(String place, Shown what, boolean again) {
            shown.add(what.text());
        }
    };

    private Progress notebook(long total) {
        return new Progress("draw", total, new Live(screen, Live.TENTH, () -> clock[0]), null, () -> clock[0]);
    }

    @Test
    void aNotebookBarTellsTheTimeLeftAndEndsWithoutTimes() {
        Progress progress = notebook(4);
        for (int i = 0; i < 4; i++) {
            clock[0] += 30 * SECOND;
            progress.step("scene " + i);
        }
        assertEquals(
                List.of(
                        "draw \u00b7 1 of 4 \u00b7 1:30 left \u00b7 scene 0",
                        "draw \u00b7 2 of 4 \u00b7 1:00 left \u00b7 scene 1",
                        "draw \u00b7 3 of 4 \u00b7 0:30 left \u00b7 scene 2",
                        "draw \u00b7 4 of 4 \u00b7 scene 3"),
                shown);
        progress.close();
        assertEquals(4, shown.size());
    }

    @Test
    void aTaskThatStopsEarlySaysSo() {
        try (Progress progress = notebook(10)) {
            progress.at(3);
        }
        assertEquals("draw \u00b7 3 of 10 \u00b7 stopped", shown.get(shown.size() - 1));
    }

    @Test
    void theTotalMayComeLater() {
        Progress progress = notebook(0);
        progress.at(1, 2);
        progress.at(2, 2);
        assertEquals("draw \u00b7 2 of 2", shown.get(shown.size() - 1));
        assertEquals(
                "total must be >= 0, got -1",
                assertThrows(IllegalArgumentException.class, () -> notebook(-1)).getMessage());
    }

    private String terminal(long seconds) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (Progress progress = new Progress(
                "draw", 100, null, new PrintStream(printed, true, StandardCharsets.UTF_8), () -> clock[0])) {
            for (int i = 1; i <= 100; i++) {
                clock[0] += seconds * SECOND / 100;
                progress.step("scene " + i);
            }
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTerminalShowsABarOnlyForLongTasks() {
        assertEquals("", terminal(1));
        String bar = terminal(60);
        assertTrue(bar.contains("draw") && bar.contains("100/100"), bar);
    }

    @Test
    void elsewhereNothingIsShown() {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream memory = new PrintStream(printed, true, StandardCharsets.UTF_8);
        String wish = System.setProperty("vitune.progress", "off");
        System.setOut(memory);
        System.setErr(memory);
        try (Progress progress = Progress.of("draw", 10);
                Progress silent = Progress.silent()) {
            progress.at(10);
            silent.step();
        } finally {
            System.setOut(out);
            System.setErr(err);
            if (wish == null) {
                System.clearProperty("vitune.progress");
            } else {
                System.setProperty("vitune.progress", wish);
            }
        }
        assertEquals("", printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void liveLossDrawsEachStageBesideTheEarlierOnes() {
        LiveLoss live = new LiveLoss(List.of("align"), () -> new Live(screen, LiveLoss.SECOND, () -> clock[0]));
        for (int stage = 0; stage < 2; stage++) {
            for (int step = 1; step <= 5; step++) {
                live.accept(new Step(step, 5, 3.0 / step, 1e-3, 1, 4, 100, 200, 1, step, 300, 300));
            }
        }
        assertEquals(4, shown.size()); // the first and the last step of each stage
        assertTrue(shown.get(1).contains("align 0.600 after 5 steps"), shown.get(1));
        assertTrue(shown.get(3).contains("align 0.600 after 5 steps; stage 2 0.600 after 5 steps"), shown.get(3));
    }

    /** Loss and speed while the run goes, and no time at its end. */
    @Test
    void liveLossTellsSpeedAndMemory() {
        LiveLoss live = new LiveLoss(List.of("align"), () -> new Live(screen, 0, () -> clock[0]));
        var steps = new ArrayDeque<Step>();
        for (int step = 1; step <= 3; step++) {
            steps.add(new Step(step, 3, 2.5, 1e-3, 0.75, 4, 100, 200, 0.5 * step, step, 1536, 1600));
            live.accept(steps.getLast());
        }
        assertTrue(shown.get(1).contains("align 2.500 after 2 steps; tokens a second, in the middle: align 400"));
        assertTrue(shown.get(2).contains("align 2.500 after 3 steps")
                && !shown.get(2).contains("second"));
        assertEquals(
                "loss 2.500 \u00b7 lr 1.0e-03 \u00b7 norm 0.75 \u00b7 200 tokens/s \u00b7 4.0 samples/s \u00b7 1.5 GiB",
                LiveLoss.note(steps));
    }
}
