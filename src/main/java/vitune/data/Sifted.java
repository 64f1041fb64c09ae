package vitune.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What a filter made of a set: what it kept, in order, and what it turned away, each with its reason. Filters for
 * whole sets: {@link NearDuplicates} and {@link Leakage}.
 */
public record Sifted(InstructionSet kept, List<Rejected> rejected) {
    public Sifted {
        rejected = List.copyOf(rejected);
    }

    /** A sample that was turned away, and why. */
    public record Rejected(InstructionSample sample, String reason) {}

    /** Asks of each sample, in order, what is wrong with it; nothing keeps it. */
    public static Sifted by(InstructionSet set, Function<InstructionSample, Optional<String>> fault) {
        var kept = new ArrayList<InstructionSample>();
        var rejected = new ArrayList<Rejected>();
        for (var sample : set) {
            fault.apply(sample)
                    .ifPresentOrElse(reason -> rejected.add(new Rejected(sample, reason)), () -> kept.add(sample));
        }
        return new Sifted(InstructionSet.of(kept), rejected);
    }

    /** A row for each sample that was turned away: id, type, reason, first instruction, first response. */
    public Table table() {
        return Table.create(
                "rejected",
                column("id", r -> r.sample.id()),
                column("type", r -> r.sample.type().label()),
                column("reason", r -> r.reason),
                column("instruction", r -> r.sample.turns().get(0).instruction()),
                column("response", r -> r.sample.turns().get(0).response()));
    }

    private StringColumn column(String name, Function<Rejected, String> value) {
        return StringColumn.create(name, rejected.stream().map(value));
    }

    /** One line: how many were kept and how many not. */
    @Override
    public String toString() {
        return kept.size() + " kept, " + rejected.size() + " rejected";
    }
}
