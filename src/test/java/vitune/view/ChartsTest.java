package vitune.view;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.evaluate.Evaluation;
import vitune.evaluate.Score;

class ChartsTest {
    @Test
    void theLossChartHoldsEveryStep() {
        double[] losses = new double[300];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = 1 + (i % 2 == 0 ? 0.5 : -0.5);
        }
        XYChart chart = new Curves("Loss", "0.##").chart(Map.of("align", losses), 300);
        XYSeries raw = chart.getSeries("align" + Curves.RAW);
        assertArrayEquals(losses, raw.getYData());
        assertEquals(1, raw.getXData()[0]);
        assertEquals(300, raw.getXData()[299]);
        double[] smooth = chart.getSeries("align").getYData();
        assertEquals(1.5, smooth[0]); // the first step stands alone
        assertEquals(1, smooth[150], 0.06); // the zigzag is gone
    }

    @Test
    void smoothingKeepsGapsAndShortRuns() {
        assertArrayEquals(new double[] {3, 2, 1}, Curves.smooth(new double[] {3, 2, 1}));
        double[] gap = new double[120];
        Arrays.fill(gap, 2);
        gap[60] = Double.NaN;
        double[] smooth = Curves.smooth(gap);
        assertTrue(Double.isNaN(smooth[60]));
        assertEquals(2, smooth[61]);
        assertTrue(LossChart.of("run", 1, Double.NaN, Double.POSITIVE_INFINITY, 2)
                .toString()
                .contains("after 4 steps"));
    }

    @Test
    void ticksAreRound() {
        assertEquals(1, Curves.tick(1));
        assertEquals(1, Curves.tick(8));
        assertEquals(2, Curves.tick(9));
        assertEquals(50, Curves.tick(340));
        assertEquals(500, Curves.tick(4000));
    }

    @Test
    void runsWithoutALossAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> LossChart.of(Map.of()));
        assertEquals(
                "run 'a' has no finite loss among 1 steps",
                assertThrows(IllegalArgumentException.class, () -> LossChart.of("a", Double.NaN))
                        .getMessage());
    }

    @Test
    void theAccuracyChartHoldsSharesIntervalsAndChance() {
        Map<String, Score> before = new LinkedHashMap<>();
        before.put("colour", new Score(10, 40, 0.25));
        before.put(Evaluation.OVERALL, new Score(10, 40, 0.25));
        Map<String, Map<String, Score>> stages = new LinkedHashMap<>();
        stages.put("before", before);
        stages.put("after", Map.of("colour", new Score(36, 40, 0.25), "count", new Score(20, 40, 0.5)));
        XYChart chart = AccuracyChart.bars(stages).chart(AccuracyChart.CHANCE);

        double[] bars = chart.getSeries("before").getYData();
        assertArrayEquals(new double[] {0, 0.25, 0.25, 0, Double.NaN, 0, 0.25, 0.25, 0, Double.NaN}, bars);
        double[] interval = chart.getSeries("after" + BarGroups.INTERVAL).getYData();
        assertEquals(new Score(36, 40, 0).low(), interval[0]);
        assertEquals(new Score(36, 40, 0).high(), interval[1]);
        double[] x = chart.getSeries("before").getXData();
        assertTrue(x[0] > -0.5 && x[2] < 0, "the first stage stands left of its kind's middle");
        assertTrue(x[5] > 1.5, "overall comes last, after count, which the first stage lacks");
        assertEquals(0.25, chart.getSeries(AccuracyChart.CHANCE).getYData()[0]);
        assertThrows(IllegalArgumentException.class, () -> AccuracyChart.bars(Map.of()));
    }

    @Test
    void theCompositionCountsAnswersByLength() {
        Map<String, int[]> words = new LinkedHashMap<>();
        words.put("conversation", new int[] {1, 1, 2, 3, 4, 70});
        words.put("summary", new int[] {16, 0});
        CategoryChart chart = CompositionChart.lengths(words);
        assertEquals(
                List.of("1", "2", "3\u20134", "5\u20138", "9\u201316", "17\u201332", "33\u201364", "65+"),
                List.copyOf((Collection<?>) chart.getSeries("conversation").getXData()));
        assertArrayEquals(
                new double[] {2, 1, 2, 0, 0, 0, 0, 1},
                chart.getSeries("conversation").getYData());
        assertArrayEquals(
                new double[] {1, 0, 0, 0, 1, 0, 0, 0},
                chart.getSeries("summary").getYData());
        assertThrows(IllegalArgumentException.class, () -> CompositionChart.of(Map.of("summary", new int[0])));
    }

    @Test
    void manyKindsAreToldAsTheLargestAndOthers() {
        Map<String, int[]> words = new LinkedHashMap<>();
        for (int i = 1; i <= 9; i++) {
            words.put("k" + i, new int[i]);
        }
        Map<String, int[]> told = CompositionChart.told(words);
        assertEquals(List.of("k9", "k8", "k7", "k6", "k5", "4 others"), List.copyOf(told.keySet()));
        assertEquals(10, told.get("4 others").length);
        String longest = "x".repeat(60);
        assertEquals(
                28,
                CompositionChart.told(Map.of(longest, new int[1]))
                        .keySet()
                        .iterator()
                        .next()
                        .length());
    }

    @Test
    void theCompositionReadsInstructionSets() {
        var turns = List.of(new Turn("What?", "a red car"), new Turn("How many?", "two"));
        var set = InstructionSet.of(
                List.of(new InstructionSample("1", List.of(), ResponseType.CONVERSATION, turns, Map.of())));
        assertEquals("composition: 2 conversation", CompositionChart.of(set).text());
    }
}
