package vitune.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which files of a repository a model needs: its settings, its tokenizer and its weights as safetensors; no pickles, and
 * no second copy of the weights for other frameworks.
 */
final class Wanted {
    private static final Pattern SMALL = Pattern.compile("(?:generation_|preprocessor_|processor_|)config\\.json"
            + "|tokenizer\\.json|tokenizer_config\\.json|special_tokens_map\\.json|added_tokens\\.json"
            + "|chat_template\\.\\w+|vocab\\.json|vocab\\.txt|merges\\.txt|tokenizer\\.model"
            + "|qformer_tokenizer/\\w[\\w-]*\\.(?:json|txt|model)");
    static final String WHOLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    /** Not model.fp16.safetensors and the like, which are copies in another precision. */
    static final Pattern SHARD = Pattern.compile("model[\\w-]*\\.safetensors");

    /** Files that no model is without. */
    static final List<String> NEEDED = List.of("config.json", "tokenizer.json");
    /** Files of the image processor, one of which must be there. */
    static final List<String> PROCESSORS = List.of("preprocessor_config.json", "processor_config.json");

    private static final Pattern PICKLE = Pattern.compile(".*\\.(?:bin|pt|pth|ckpt|pkl)");

    private Wanted() {}

    /**
     * The files in the order in which they are brought: the weights last, so that where they are, all is.
     *
     * @throws HubException if there are no settings, no tokenizer, no processor, or no weights as safetensors
     */
    static List<String> of(ModelId model, List<String> listed) {
        for (String file : listed) {
            refuseTricks(model, file);
        }
        List<String> wanted = listed.stream()
                .filter(file -> SMALL.matcher(file).matches())
                .sorted()
                .collect(Collectors.toCollection(ArrayList::new));
        if (!wanted.contains("config.json")) {
            throw new HubException(model + " has no config.json among its " + listed.size()
                    + " files: expected a model as transformers saves it");
        }
        if (!wanted.contains("tokenizer.json")) {
            throw new HubException(model + " has no tokenizer.json: write it once, in Python with transformers, by"
                    + " AutoTokenizer.from_pretrained(\"" + model + "\", use_fast=True).save_pretrained(folder),"
                    + " with the model's other files beside it, and give that folder");
        }
        if (PROCESSORS.stream().noneMatch(wanted::contains)) {
            throw new HubException(model + " has neither " + String.join(" nor ", PROCESSORS)
                    + ": expected a model that reads pictures");
        }
        if (listed.contains(WHOLE)) {
            wanted.add(WHOLE);
            return wanted;
        }
        List<String> shards = listed.stream()
                .filter(file -> SHARD.matcher(file).matches())
                .sorted()
                .toList();
        if (shards.isEmpty() || !listed.contains(INDEX)) {
            throw noWeights(model, listed);
        }
        wanted.add(INDEX);
        wanted.addAll(shards);
        return wanted;
    }

    private static HubException noWeights(ModelId model, List<String> listed) {
        var pickles =
                listed.stream().filter(file -> PICKLE.matcher(file).matches()).toList();
        if (pickles.isEmpty()) {
            return new HubException(
                    model + " has no weights: expected model.safetensors, or its shards and their index," + " got "
                            + some(listed));
        }
        return new HubException(
                model + " has its weights only as pickle (" + some(pickles) + "), which can run code and"
                        + " is not read here. Convert it once, in Python with transformers: load the model with"
                        + " from_pretrained(\"" + model + "\"), write it with save_pretrained(folder,"
                        + " safe_serialization=True), its tokenizer likewise, and give that folder");
    }

    private static String some(List<String> files) {
        String first = files.stream().limit(5).map(ModelId::quoted).collect(Collectors.joining(", "));
        return files.size() > 5 ? first + " and " + (files.size() - 5) + " more" : first;
    }

    /** No repository has such names: a list with one comes from someone who wants to write elsewhere. */
    private static void refuseTricks(ModelId model, String file) {
        boolean trick = file.isEmpty() || file.startsWith("/") || file.startsWith("\\") || file.matches("[A-Za-z]:.*");
        for (String segment : file.split("[/\\\\]", -1)) {
            trick |= segment.equals("..");
        }
        if (trick) {
            throw new HubException(model + " lists a file that leads out of its folder: " + ModelId.quoted(file)
                    + "; nothing is kept");
        }
    }
}
