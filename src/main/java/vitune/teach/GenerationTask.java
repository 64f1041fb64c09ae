package vitune.teach;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import vitune.data.Box;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;

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
        String fingerprint) {
    private static final int LIKE_WITHIN = 32;

    /** The tasks of a type, in the order of the pictures; a type of several pictures takes them like with like. */
    static List<GenerationTask> of(List<ImageContext> contexts, Prompts prompts, boolean pixels, String teacher) {
        var type = prompts.type();
        var hash = prompts.hash();
        var suffix = "-" + type.label().replace(' ', '-');
        var shown = type.images() == 1 ? contexts.stream().map(List::of).toList() : groups(contexts, type.images());
        // all cores: pictures that are sent are read and hashed here
        return shown.parallelStream()
                .map(pictures -> new GenerationTask(
                        String.join("+", pictures.stream().map(ImageContext::id).toList()) + suffix,
                        pictures,
                        prompts,
                        hash,
                        pixels,
                        prompts.request(pictures, pixels).fingerprint(teacher)))
                .toList();
    }

    /** Each picture with the next ones near it that show a like thing, or else with the next ones. */
    private static List<List<ImageContext>> groups(List<ImageContext> contexts, int size) {
        var groups = new ArrayList<List<ImageContext>>();
        var left = new ArrayDeque<>(contexts);
        while (left.size() >= size) {
            var group = new ArrayList<>(List.of(left.pop()));
            var kinds = group.get(0).boxes().stream().map(Box::category).collect(Collectors.toSet());
            while (group.size() < size) {
                var next = left.stream()
                        .limit(LIKE_WITHIN)
                        .filter(c -> c.boxes().stream().anyMatch(box -> kinds.contains(box.category())))
                        .findFirst()
                        .orElse(left.peek());
                left.remove(next);
                group.add(next);
            }
            groups.add(List.copyOf(group));
        }
        return groups;
    }

    /** What the teacher is asked. */
    TeacherRequest request() {
        return prompts.request(contexts, pixels);
    }

    /**
     * What a reply is worth: a sample, or what is wrong with it.
     *
     * @param sendBack whether the teacher can do something about it
     */
    record Judgement(
            Optional<InstructionSample> sample, @Nullable String fault, boolean sendBack) {
        private static Judgement not(@Nullable String fault, boolean sendBack) {
            return new Judgement(Optional.empty(), fault, sendBack);
        }
    }

    Judgement judge(TeacherReply reply, String teacher, List<SampleCheck> checks) {
        if (reply.fault() != null) return Judgement.not(reply.fault(), false);
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
                    var fault = check.fault(read, contexts);
                    if (fault.isPresent()) return Judgement.not(fault.get(), true);
                    provenance.putAll(check.provenance(read, contexts));
                } catch (RuntimeException e) {
                    return Judgement.not("check " + name(check) + " failed: " + e, false);
                }
            }
            var checked = new InstructionSample(sample, images, prompts.type(), turns, provenance);
            return new Judgement(Optional.of(checked), null, false);
        } catch (ReplyForm.Unreadable e) {
            return Judgement.not(e.getMessage(), true);
        }
    }

    private static String name(SampleCheck check) {
        return check.getClass().isSynthetic() ? "(a lambda)" : check.getClass().getSimpleName();
    }
}
