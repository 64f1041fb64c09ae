package vitune.teach;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.Turn;

/**
 * One sample to be: its pictures, the request for it, and how the reply becomes a sample. The request's text is made
 * when it is needed: a run of a million holds none of them.
 */
record GenerationTask(
        String sample,
        List<ImageContext> contexts,
        Prompts prompts,
        String promptsHash,
        boolean pixels,
        String fingerprint)
        implements Errand {
    /** The tasks of a type, in the order of the pictures; those of a type that shows several are {@link Partners}. */
    static List<GenerationTask> of(List<ImageContext> contexts, Prompts prompts, boolean pixels, String teacher) {
        var type = prompts.type();
        var hash = prompts.hash();
        var suffix = "-" + type.label().replace(' ', '-');
        var shown =
                type.images() == 1 ? contexts.stream().map(List::of).toList() : Partners.of(contexts, type.images());
        if (shown.isEmpty()) return List.of();
        var opening = prompts.request(shown.get(0), pixels).opening(teacher);
        // all cores: pictures that are sent are read and hashed here
        return shown.parallelStream()
                .map(pictures -> new GenerationTask(
                        String.join("+", pictures.stream().map(ImageContext::id).toList()) + suffix,
                        pictures,
                        prompts,
                        hash,
                        pixels,
                        prompts.request(pictures, pixels).fingerprint(opening)))
                .toList();
    }

    @Override
    public BatchJob.Row row() {
        return new BatchJob.Row(fingerprint, sample, prompts.type(), promptsHash);
    }

    @Override
    public TeacherRequest request() {
        return prompts.request(contexts, pixels);
    }

    /**
     * What a reply is worth: a sample, or what is wrong with it.
     *
     * @param findings all that is wrong, at least one thing where there is no sample
     * @param sendBack whether the teacher can do something about it
     */
    record Judgement(Optional<InstructionSample> sample, List<String> findings, boolean sendBack) {
        /** There is no sample, for this one reason. */
        static Judgement not(String fault) {
            return new Judgement(Optional.empty(), List.of(fault), false);
        }

        private static Judgement sentBack(List<String> findings) {
            return new Judgement(Optional.empty(), findings, true);
        }

        /** What the teacher is told, all of it. */
        String feedback() {
            return String.join("; ", findings);
        }
    }

    @Override
    public Judgement judge(TeacherReply reply, String teacher, List<SampleCheck> checks) {
        if (reply.fault() != null) return Judgement.not(reply.fault());
        return judge(reply.text(), teacher, reply.model(), checks);
    }

    /** A check that breaks is a fault too: the reply is paid for, and is judged anew once the check is mended. */
    Judgement judge(String reply, String teacher, String model, List<SampleCheck> checks) {
        try {
            var turns = prompts.read(reply, sample);
            var provenance = new HashMap<>(Map.of(
                    "teacher",
                    teacher,
                    "model",
                    model,
                    "type",
                    prompts.type().label(),
                    "prompt",
                    promptsHash,
                    "request",
                    fingerprint));
            var images = contexts.stream().map(ImageContext::image).toList();
            var read = new InstructionSample(sample, images, prompts.type(), turns, provenance);
            for (var check : checks) {
                try {
                    var checked = check.check(read, contexts);
                    if (!checked.findings().isEmpty()) return Judgement.sentBack(checked.findings());
                    provenance.putAll(checked.provenance());
                } catch (RuntimeException e) {
                    return Judgement.not("check " + name(check) + " failed: " + e);
                }
            }
            var checked = new InstructionSample(sample, images, prompts.type(), turns, provenance);
            return new Judgement(Optional.of(checked), List.of(), false);
        } catch (ReplyForm.Unreadable e) {
            return Judgement.sentBack(List.of(String.valueOf(e.getMessage())));
        }
    }

    /** What a reply says, whatever it is worth; nothing where it cannot be read. */
    List<Turn> turns(String reply) {
        try {
            return prompts.read(reply, sample);
        } catch (ReplyForm.Unreadable e) {
            return List.of();
        }
    }

    private static String name(SampleCheck check) {
        return check.getClass().isSynthetic() ? "(a lambda)" : check.getClass().getSimpleName();
    }
}
