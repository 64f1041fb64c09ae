package vitune.teach;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;

/** One sample to be: its pictures, the request for it, and how the reply becomes a sample. */
record GenerationTask(
        String sample,
        List<ImageContext> contexts,
        Prompts prompts,
        String promptsHash,
        TeacherRequest request,
        String fingerprint) {
    /** What a reply is worth: a sample, or what is wrong with it. */
    record Judgement(
            Optional<InstructionSample> sample, @Nullable String fault) {}

    Judgement judge(String reply, String teacher, String model, List<SampleCheck> checks) {
        try {
            var turns = prompts.read(reply, sample);
            var provenance = new HashMap<>(Map.of(
                    "teacher",
                    teacher,
                    "model",
                    model,
                    "type",
                    request.type().label(),
                    "prompt",
                    promptsHash,
                    "request",
                    fingerprint));
            var images = contexts.stream().map(ImageContext::image).toList();
            var read = new InstructionSample(sample, images, request.type(), turns, provenance);
            for (var check : checks) {
                var fault = check.fault(read, contexts);
                if (fault.isPresent()) return new Judgement(Optional.empty(), fault.get());
                provenance.putAll(check.provenance(read, contexts));
            }
            var checked = new InstructionSample(sample, images, request.type(), turns, provenance);
            return new Judgement(Optional.of(checked), null);
        } catch (ReplyForm.Unreadable e) {
            return new Judgement(Optional.empty(), e.getMessage());
        }
    }
}
