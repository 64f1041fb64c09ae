package vitune.teach;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The everyday things that the built-in teacher has heard of. */
final class Kinds {
    private final Set<String> drawn = new LinkedHashSet<>();
    private final Set<String> coco = new LinkedHashSet<>();
    private final CaptionReader captions;

    Kinds(CaptionReader captions) {
        this.captions = captions;
        var into = drawn;
        for (var line : Lines.read("builtin/kinds.txt")) {
            if (line[0].isEmpty()) into = coco;
            else into.addAll(List.of(line[0].split(",\\s*")));
        }
    }

    Set<String> all() {
        var all = new LinkedHashSet<>(drawn);
        all.addAll(coco);
        return all;
    }

    /**
     * Things that are surely not in the picture. Drawn scenes whose captions name everything lack all other drawn
     * things; of a photograph, only what COCO's annotators look for is known to be absent.
     */
    List<String> absent(SymbolicPicture picture) {
        var present = picture.groups().stream().map(SymbolicPicture.Group::name).collect(Collectors.toSet());
        var pool = new ArrayList<>(drawn);
        if (!drawn.containsAll(present)) pool = new ArrayList<>(coco);
        else if (!picture.complete()) pool.retainAll(coco);
        var lower = picture.captions().stream().map(String::toLowerCase).toList();
        pool.removeIf(kind -> present.stream().anyMatch(other -> alike(kind, other)) || captions.mention(lower, kind));
        return pool;
    }

    /** "bear" and "teddy bear" are too close to ask for the one before the other. */
    private static boolean alike(String a, String b) {
        return a.equals(b) || a.endsWith(" " + b) || b.endsWith(" " + a);
    }
}
