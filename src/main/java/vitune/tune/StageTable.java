package vitune.tune;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Map;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import vitune.tensor.Precision;

/** The settings of a stage, each beside the paper's and with its place there. */
final class StageTable {
    private static final String APPENDIX = "paper, appendix C";
    private static final String TRAINER = "transformers' default";
    private static final String COST = "ours: changes cost alone";

    /** Where each setting comes from; the paper has a value for what begins with its name. */
    private static final Map<String, String> SOURCES = Map.ofEntries(
            Map.entry("plan", "paper, section 4.2"),
            Map.entry("epochs", APPENDIX),
            Map.entry("learningRate", APPENDIX),
            Map.entry("batch", APPENDIX),
            Map.entry("microBatch", COST),
            Map.entry("warmupRatio", APPENDIX),
            Map.entry("weightDecay", APPENDIX),
            Map.entry("beta2", TRAINER),
            Map.entry("maxGradNorm", TRAINER),
            Map.entry("precision", APPENDIX),
            Map.entry("recompute", COST),
            Map.entry("packed", COST),
            Map.entry("seed", "ours"));

    private StageTable() {}

    static Table of(Stage stage, Stage usual) {
        Stage paper = usual.withPrecision(Precision.BF16);
        StringColumn settings = StringColumn.create("setting");
        StringColumn values = StringColumn.create("value");
        StringColumn papers = StringColumn.create("paper");
        StringColumn sources = StringColumn.create("source");
        for (RecordComponent setting : Stage.class.getRecordComponents()) {
            String source = SOURCES.get(setting.getName());
            if (source == null) continue; // its name
            settings.append(setting.getName());
            values.append(text(setting, stage));
            papers.append(source.startsWith("paper") ? text(setting, paper) : "");
            sources.append(source);
        }
        return Table.create(stage.name(), settings, values, papers, sources);
    }

    private static String text(RecordComponent setting, Stage stage) {
        try {
            Object value = setting.getAccessor().invoke(stage);
            if (!(value instanceof Double number)) return value.toString();
            return number.isInfinite()
                    ? "none"
                    : BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
