package vitune.teach;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.teach.LedgerEntry.Outcome;
import vitune.teach.LedgerEntry.Verdict;

/** What the ledger's replies are worth to tasks, judged by the checks of today. */
final class Answers {
    private final Ledger ledger;
    private final String teacher;
    private final List<SampleCheck> checks;

    Answers(Ledger ledger, String teacher, List<SampleCheck> checks) {
        this.ledger = ledger;
        this.teacher = teacher;
        this.checks = checks;
    }

    private Optional<LedgerEntry> find(String request) {
        return ledger.find(request).filter(entry -> entry.verdict() != Verdict.FAILED);
    }

    /**
     * Reads replies into samples, and judges anew those of other runs: the checks may have changed since they came.
     *
     * @param fresh samples that this run has judged already, by task (by identity)
     */
    InstructionSet samples(List<GenerationTask> tasks, Map<Errand, InstructionSample> fresh) {
        var byRequest = tasks.stream()
                .filter(task -> !fresh.containsKey(task))
                .collect(Collectors.groupingBy(GenerationTask::fingerprint, LinkedHashMap::new, Collectors.toList()));
        var read = new IdentityHashMap<Errand, InstructionSample>(fresh);
        byRequest.values().forEach(same -> judge(same, read));
        return InstructionSet.of(
                tasks.stream().map(read::get).filter(Objects::nonNull).toList());
    }

    /** What the one reply to these tasks is worth as the sample of each. */
    private void judge(List<GenerationTask> same, Map<Errand, InstructionSample> read) {
        var entry = find(same.get(0).fingerprint()).orElse(null);
        if (entry == null || entry.verdict() == Verdict.WITHHELD) return;
        var outcomes = new ArrayList<Outcome>();
        for (var task : same) {
            var judgement = task.judge(entry.reply(), teacher, entry.model(), checks);
            judgement.sample().ifPresent(sample -> read.put(task, sample));
            outcomes.add(new Outcome(task.sample(), judgement.findings()));
        }
        var judged = entry.judged(outcomes);
        if (!judged.equals(entry)) ledger.judge(judged);
    }

    /** Each reply as it is worth to each of these tasks, in their order; tasks that have no reply are left out. */
    List<JudgedReply> judged(List<GenerationTask> tasks) {
        return tasks.stream()
                .flatMap(task -> find(task.fingerprint()).map(entry -> judged(task, entry)).stream())
                .toList();
    }

    private JudgedReply judged(GenerationTask task, LedgerEntry entry) {
        boolean withheld = entry.verdict() == Verdict.WITHHELD;
        var judgement = withheld
                ? GenerationTask.Judgement.not(String.valueOf(entry.reason()))
                : task.judge(entry.reply(), teacher, entry.model(), checks);
        var verdict =
                withheld ? Verdict.WITHHELD : judgement.sample().isPresent() ? Verdict.ACCEPTED : Verdict.REJECTED;
        var images = task.contexts().stream().map(ImageContext::image).toList();
        var type = task.prompts().type();
        return new JudgedReply(
                task.sample(), type, images, task.turns(entry.reply()), entry.reply(), verdict, judgement.findings());
    }
}
