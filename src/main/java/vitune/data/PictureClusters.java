package vitune.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Samples that hang together through their pictures; a text-only sample stands alone. */
final class PictureClusters {
    private PictureClusters() {}

    static List<List<InstructionSample>> of(List<InstructionSample> samples) {
        Map<Path, Path> parent = new HashMap<>();
        for (InstructionSample sample : samples) {
            for (Path image : sample.images()) {
                parent.putIfAbsent(image, image);
                parent.put(root(parent, image), root(parent, sample.images().get(0)));
            }
        }
        Function<InstructionSample, Object> cluster = sample -> sample.images().isEmpty()
                ? sample.id()
                : root(parent, sample.images().get(0));
        return new ArrayList<>(samples.stream()
                .collect(Collectors.groupingBy(cluster, LinkedHashMap::new, Collectors.toList()))
                .values());
    }

    private static Path root(Map<Path, Path> parent, Path image) {
        Path root = image;
        while (!parent.get(root).equals(root)) {
            root = parent.get(root);
        }
        return root;
    }
}
